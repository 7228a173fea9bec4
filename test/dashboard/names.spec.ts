import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

const acme = '/accounts/acme';
const desk = `${acme}/sip-accounts/desk`;
const LABEL = 'desk (Front & back)';

describe('the name of a SIP account', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
    await app.funded('acme');
    await app.api.post('/v1/main-accounts/acme/sip-accounts', { sipAccountId: 'hall' });
    const named = await app.send(`${desk}/name`, { name: 'Front & back' });
    await app.send(named.headers.get('Location')!);
  });
  afterAll(() => app.close());

  const read = async (path: string): Promise<string> => textOf(await app.send(path)).replaceAll('&amp;', '&');

  it('stands with its id where credit is added to it and removed from it, also when there is none', async () => {
    const add = await read(`${desk}/add-credit`);
    expect(add).toContain(en.add.intro(LABEL));
    expect(add).toContain(en.add.has(LABEL));
    expect(await read(`${desk}/remove-all-credit`)).toContain(en.remove.nothing(LABEL));
    const form = formOf(await app.send(`${desk}/add-credit`));
    const { headers } = await app.send(`${desk}/add-credit`, { ...form, amount: '1' });
    expect(await read(headers.get('Location')!)).toContain(
      en.done.CreditAllocated('€1.0000', LABEL, '€1.0000'),
    );
    const remove = await read(`${desk}/remove-all-credit`);
    expect(remove).toContain(en.remove.intro(LABEL, '€1.0000'));
    expect(remove).toContain(en.remove.fromNow(LABEL));
  });

  it('stands with its id beside its share of the credit, and where it is changed', async () => {
    expect(await read(acme)).toContain(`${LABEL} €1.0000`);
    expect(await read(`${desk}/name`)).toContain(en.name.intro(LABEL));
  });

  it('stands with its id in the history, and over its chart', async () => {
    expect(await read(`${acme}/history`)).toContain(`${en.kinds.CreditAllocated} ${LABEL} `);
    expect(await read(`${acme}/history?account=desk`)).toContain(en.details.chartOf(LABEL));
  });

  it('is missing where there is none, and the id stands alone', async () => {
    expect(await read(`${acme}/sip-accounts/hall/add-credit`)).toContain(en.add.intro('hall'));
    expect(await read(`${acme}/history`)).toContain(`${en.kinds.SipAccountAdded} hall `);
  });

  it('is news for an open history', async () => {
    const live = /data-live="([^"]+)"/.exec((await app.send(`${acme}/history`)).text)![1]!;
    expect(await app.hear(live, /changed/, 500)).not.toContain('event: changed');
    const told = app.hear(live, /"revision":/, 5000);
    await app.send(`${desk}/name`, { name: 'Reception' });
    expect(await told).toContain('event: changed');
  });
});
