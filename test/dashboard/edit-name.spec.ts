import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PageApp, signedInOn } from '../support/page-app.js';

let app: PageApp;
const page = '/accounts/acme/sip-accounts/desk/name';
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
});
afterAll(() => app.close());

/** The last event of the names, as it is kept. */
const lastNaming = async (): Promise<{ readonly data: unknown; readonly metadata: unknown } | undefined> => {
  const events = [];
  for await (const found of app.api.store.readStream('profile-acme')) events.push(...found);
  const last = events.at(-1);
  return last && { data: JSON.parse(last.data), metadata: JSON.parse(last.metadata) };
};

describe('the form of a name', () => {
  it('keeps what was typed, without the spaces around it, and who typed it', async () => {
    const staff = await app.another('billing');
    const { headers } = await staff.send(page, { name: '  Front & back ' });
    expect(await lastNaming()).toMatchObject({
      data: { sipAccountId: 'desk', name: 'Front & back' },
      metadata: {
        actor: signedInOn(await staff.send('/accounts')),
        $correlationId: headers.get('X-Correlation-Id'),
      },
    });
  });

  it('begins with the name that there is, so that saving it as it is changes nothing', async () => {
    await app.send(page, { name: 'Reception' });
    const { text } = await app.send(page);
    const [, name = ''] = /<input[^>]* value="([^"]*)"[^>]* name="name"/.exec(text)!;
    expect(name).toBe('Reception');
    const before = await lastNaming();
    expect((await app.send(page, { name })).status).toBe(303);
    expect(await lastNaming()).toEqual(before);
  });

  it('has what was typed in it when that is no name', async () => {
    const { status, text } = await app.send(page, { name: '\u202eabc' });
    expect(status).toBe(422);
    expect(text).toContain('value="\u202eabc"');
  });
});
