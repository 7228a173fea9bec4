import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
});
afterAll(() => app.close());

/** Sends the form of a page. @returns where that leads */
const submit = async (page: string, typed: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await app.send(page, { ...formOf(await app.send(page)), ...typed })).headers.get('Location')!;

describe('what a form has done', () => {
  it('is told with what was moved, and what there is then', async () => {
    await app.funded('acme');
    const desk = '/accounts/acme/sip-accounts/desk';
    for (const [page, typed, told] of [
      [`${desk}/add-credit`, { amount: '12.2109' }, en.done.CreditAllocated('€12.2109', 'desk', '€12.2109')],
      [`${desk}/add-credit`, { amount: '1' }, en.done.CreditAllocated('€1.0000', 'desk', '€13.2109')],
      [`${desk}/remove-all-credit`, {}, en.done.CreditReclaimed('€13.2109', 'desk', '€101.0000')],
      [
        '/accounts/acme/purchase',
        { amount: '2', reference: ' invoice 3 ' },
        en.done.CreditPurchased('€2.0000', '€103.0000'),
      ],
      ['/accounts/acme/add-sip-account', { sipAccountId: ' door ' }, en.done.SipAccountAdded('door')],
    ] as const)
      expect(textOf(await app.send(await submit(page, typed)))).toContain(told);
    expect(textOf(await app.send('/accounts/acme/history'))).toContain('invoice 3 €2.0000');
  });

  it('is no reason to show no figures while nobody can say it', async () => {
    await app.funded('untold');
    const { store } = app.api;
    const { onAppend } = store;
    const readStream = store.readStream.bind(store);
    const page = '/accounts/untold/sip-accounts/desk/add-credit';
    const form: Record<string, string> = { ...formOf(await app.send(page)), amount: '5' };
    store.onAppend = () => Promise.reject(new OutcomeUnknown('the reply was lost'));
    store.readStream = () => {
      throw new StoreUnavailable('away');
    };
    try {
      expect((await app.send(page, form)).status).toBe(503);
      const overview = await app.send(`/accounts/untold?done=${form['key']}`);
      expect([overview.status, textOf(overview).includes('€101.0000')]).toEqual([200, true]);
    } finally {
      Object.assign(store, { onAppend, readStream });
    }
  });

  it.each([`web-${'A'.repeat(43)}`, 'web-1', 'api-key-1', ''])(
    'is not told of a key that booked nothing here: %s',
    async (key) => {
      await app.funded(`made-up-${key.length}`);
      const page = await app.send(`/accounts/made-up-${key.length}?done=${key}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('notice');
    },
  );
});
