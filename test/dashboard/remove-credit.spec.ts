import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { OutcomeUnknown } from '../../src/event-store/errors.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

describe('removing the amount that was confirmed', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
  });
  afterAll(() => app.close());

  const add = (main: string, amount: string) =>
    app.api.post(`/v1/main-accounts/${main}/sip-accounts/desk/add-credit`, { amount });
  /** An account whose SIP account `desk` has 12.5, and the address of its form. */
  const funded = async (main: string): Promise<string> => {
    await app.api.funded(main, '100', 'desk');
    await add(main, '12.5');
    await app.catchUp(main);
    return `/accounts/${main}/sip-accounts/desk/remove-all-credit`;
  };

  it('asks again when the amount changes while the form is on its way', async () => {
    const page = await funded('racing');
    const form = formOf(await app.send(page));
    expect(form['shown']).toBe('12.5000');

    const { release } = app.api.store.hold();
    const hold = app.api.store.onAppend;
    const held = new Promise<void>((reached) => {
      app.api.store.onAppend = (append) => (reached(), hold(append));
    });
    const adding = add('racing', '1');
    await held;
    // No read model knows of the addition yet: a look before the booking would find nothing amiss.
    const removing = app.send(page, form);
    await expect(Promise.race([removing, pause(200)])).resolves.toBe('nothing');
    release();

    expect((await adding).status).toBe(201);
    const asked = await removing;
    expect(asked.status).toBe(409);
    expect(asked.text).toContain('it was €12.5000, it is €13.5000 now');
    const again = formOf(asked);
    expect(again['shown']).toBe('13.5000');
    expect(again['key']).not.toBe(form['key']);
    expect((await app.send(page, again)).status).toBe(303);
  });

  it('books once what is sent twice, although nothing is left the second time', async () => {
    const page = await funded('twice');
    const form = formOf(await app.send(page));
    expect((await app.send(page, form)).status).toBe(303);
    const second = await app.send(page, form);
    expect(second.status).toBe(303);
    expect(second.headers.get('Location')).toContain('again=1');
  });

  it('says that there is nothing left when somebody else was faster', async () => {
    const page = await funded('emptied');
    const form = formOf(await app.send(page));
    await app.api.post('/v1/main-accounts/emptied/sip-accounts/desk/remove-all-credit');
    const answer = await app.send(page, form);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('desk has no credit to remove');
    expect(formOf(answer)).toEqual({});
  });

  it('is the same form while its outcome is not known, and books once when it is sent again', async () => {
    const page = await funded('unknown');
    const form = formOf(await app.send(page));
    const { store } = app.api;
    const { onAppend } = store;
    store.onAppend = async (append) => {
      await append();
      throw new OutcomeUnknown('the reply was lost');
    };
    const unknown = await app.send(page, form);
    store.onAppend = onAppend;
    expect(unknown.status).toBe(503);
    expect(textOf(unknown)).toContain(en.problems['outcome-unknown']);
    expect(formOf(unknown)).toEqual(form);
    expect((await app.send(page, formOf(unknown))).headers.get('Location')).toContain('again=1');
  });

  it('shows the form again when it says no amount', async () => {
    const page = await funded('rubbish');
    const { key } = formOf(await app.send(page));
    const answer = await app.send(page, { key: key!, shown: 'all' });
    expect(formOf(answer)['shown']).toBe('12.5000');
  });
});

const pause = (ms: number): Promise<string> =>
  new Promise((resolve) => setTimeout(() => resolve('nothing'), ms));
