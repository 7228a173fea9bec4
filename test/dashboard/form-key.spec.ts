import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp, signedInOn, textOf } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
});
afterAll(() => app.close());

const pageOf = (main: string, sip = 'desk'): string => `/accounts/${main}/sip-accounts/${sip}/add-credit`;

describe('forms that were opened on the same state of an account', () => {
  it('are each booked when several people send them, though they say the same', async () => {
    await app.funded('people');
    const people = [app, await app.another('billing'), await app.another()];
    const forms = await Promise.all(people.map(async (one) => formOf(await one.send(pageOf('people')))));
    for (const [n, one] of people.entries()) {
      const { status, headers } = await one.send(pageOf('people'), { ...forms[n], amount: '5' });
      expect(status).toBe(303);
      expect(headers.get('Location')).not.toContain('again');
    }
    expect(await app.onDesk('people')).toBe('15.0000');
  });

  it('are each booked when they are for different things', async () => {
    await app.funded('things');
    await app.api.post('/v1/main-accounts/things/sip-accounts', { sipAccountId: 'door' });
    await app.api.post('/v1/main-accounts/things/sip-accounts/desk/add-credit', { amount: '1' });
    await app.catchUp('things');
    const things = [
      [pageOf('things'), { amount: '2' }],
      [pageOf('things', 'door'), { amount: '2' }],
      ['/accounts/things/purchase', { amount: '2', reference: 'invoice 3' }],
      ['/accounts/things/add-sip-account', { sipAccountId: 'hall' }],
    ] as const;
    const opened: [path: string, form: Record<string, string>][] = [];
    for (const [path, typed] of things) opened.push([path, { ...formOf(await app.send(path)), ...typed }]);
    for (const [path, form] of opened)
      expect([path, (await app.send(path, form)).status]).toEqual([path, 303]);
  });
});

describe('a form without a key of ours', () => {
  it.each([undefined, '', 'web-1', `api-${'A'.repeat(43)}`])('books nothing: %s', async (key) => {
    const main = `keyless-${String(key).length}`;
    await app.funded(main);
    const answer = await app.send(pageOf(main), { amount: '5', ...(key !== undefined && { key }) });
    expect(answer.status).toBe(403);
    expect(textOf(answer)).toContain(en.problems['foreign-form']);
    expect(await app.onDesk(main)).toBe('0.0000');
  });
});

describe('what a form booked', () => {
  it('is kept with who sent it, and with the request that it came in', async () => {
    await app.funded('who');
    const staff = await app.another('billing');
    const page = await staff.send(pageOf('who'));
    const { headers } = await staff.send(pageOf('who'), { ...formOf(page), amount: '5' });
    const event = (await app.api.send('/v1/main-accounts/who/events/4/proof')).json;
    expect(event).toMatchObject({
      type: 'CreditAllocated',
      metadata: {
        actor: signedInOn(page),
        $correlationId: headers.get('X-Correlation-Id'),
      },
    });
  });
});
