import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { PageApp, textOf } from '../support/page-app.js';

const QUERY = 'account=desk&kind=SipAccountAdded&since=2020-01-01&until=2120-12-31';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
});
afterAll(() => app.close());

it('the filter of a history stands in its form, in the link to its download, and in words for paper', async () => {
  const page = await app.send(`/accounts/acme/history?${QUERY}`);
  const form = /<form method="get"[^]*?<\/form>/.exec(page.text)![0];
  for (const part of [
    'value="desk"',
    'value="SipAccountAdded" selected',
    'value="2020-01-01"',
    'value="2120-12-31"',
  ])
    expect(form).toContain(part);
  expect(page.text).toContain(`href="/accounts/acme/history.csv?${QUERY.replaceAll('&', '&amp;')}"`);
  const { details, kinds } = en;
  expect(textOf(page)).toContain(
    [
      `${details.account}: desk`,
      `${details.kind}: ${kinds.SipAccountAdded}`,
      `${details.from}: 1 Jan 2020`,
      `${details.to}: 31 Dec 2120`,
    ].join(' · '),
  );
});

it('a day that there is not is said to be none, and narrows nothing down', async () => {
  const page = await app.send('/accounts/acme/history?until=2026-02-30');
  expect(textOf(page)).toContain(en.details.invalidDate);
  expect(page.text).toContain('id="entry-3"');
});
