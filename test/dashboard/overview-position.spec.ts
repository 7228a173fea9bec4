import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

const { fresh, done } = en;

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
  await app.funded('other');
});
afterAll(() => app.close());

describe('the overview after a booking', () => {
  it('says that its figures do not hold it, while they do not, and what was booked', async () => {
    const page = '/accounts/acme/sip-accounts/desk/add-credit';
    const form = { ...formOf(await app.send(page)), amount: '1.36' };
    const letGo = holdReadModels(app.api.dataDir);
    const { headers } = await app.send(page, form);
    const address = headers.get('Location')!;
    const behind = await app.send(address).finally(letGo);
    for (const said of [
      fresh.behind,
      done.CreditAllocated('€1.3600', 'desk', '€1.3600'),
      fresh.bookedNotShown,
      'Main account €101.0000',
    ])
      expect(textOf(behind)).toContain(said);

    // Its link reads the same page again, which waits for the figures.
    const again = `href="${address.replaceAll('&', '&amp;')}">${fresh.reload}<`;
    expect(behind.text).toContain(again);
    let now = behind;
    while (now.text.includes(again)) now = await app.send(address);
    expect(textOf(now)).toContain('Main account €99.6400 desk €1.3600');
    expect(textOf(now)).not.toContain(fresh.behind);
  });
});

describe('the overview at an address that somebody has changed, or kept while the log was replaced', () => {
  it.each([
    'at=99999999',
    'at=x',
    'at=1e3',
    `at=${'9'.repeat(30)}`,
    'skip=x',
    'skip=-1',
    'skip=0.5',
    'sort=constructor',
    'q=%20desk%20',
  ])('shows what there is: %s', async (query) => {
    await app.funded('other');
    const page = await app.send(`/accounts/other?${query}`);
    expect(page.status).toBe(200);
    expect(textOf(page)).toMatch(/desk\s+€0\.0000/);
    expect(textOf(page)).not.toContain(fresh.behind);
  });
});
