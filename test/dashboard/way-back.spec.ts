import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { placeOf } from '../../src/dashboard/form.js';
import { formOf, PageApp, textOf } from '../support/page-app.js';

let app: PageApp;
const acme = '/accounts/acme';
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
});
afterAll(() => app.close());

/** Where a page's link or form leads, as the browser reads it. */
const hrefsOf = (text: string): readonly string[] =>
  Array.from(text.matchAll(/href="([^"]*)"/g), ([, href = '']) => href.replaceAll('&amp;', '&'));
const linkTo = (text: string, part: string): string => hrefsOf(text).find((href) => href.includes(part))!;

describe('the place on a list', () => {
  it('is its search, its order and its page, and nothing else of an address', () => {
    expect(placeOf('q=a%26b&sort=amount&desc=1&skip=50&at=7&done=web-x&named=1&x=y&kind=')).toBe(
      'q=a%26b&sort=amount&desc=1&skip=50',
    );
  });

  it('is where a booking leads back to, with what was done', async () => {
    const overview = await app.send(`${acme}?q=desk&sort=amount`);
    const path = linkTo(overview.text, '/add-credit');
    const form = await app.send(path);
    const { status, headers } = await app.send(`${acme}/sip-accounts/desk/add-credit`, {
      ...formOf(form),
      amount: '1',
    });
    expect(status).toBe(303);
    expect(headers.get('Location')).toMatch(/^\/accounts\/acme\?q=desk&sort=amount&at=\d+&done=web-/);
  });

  it('is kept by a form that was refused, by its way back, and by its quick amounts', async () => {
    const path = `${acme}/sip-accounts/desk/add-credit?from=${encodeURIComponent('q=desk')}`;
    const form = await app.send(path);
    expect(linkTo(form.text, 'amount=5.0000')).toContain('from=q%3Ddesk');
    const refused = await app.send(path, { ...formOf(form), amount: 'x' });
    expect(formOf(refused)['from']).toBe('q=desk');
    expect(hrefsOf(refused.text)).toContain(`${acme}?q=desk`);
  });

  it('is where saving a name leads back to', async () => {
    const path = linkTo((await app.send(`${acme}?q=desk`)).text, '/name');
    const { headers } = await app.send(path, { ...formOf(await app.send(path)), name: 'Front' });
    expect(headers.get('Location')).toMatch(/^\/accounts\/acme\?q=desk&named=1&at=\d+$/);
  });

  it('is where an entry of a filtered history leads back to', async () => {
    const history = await app.send(`${acme}/history?account=&kind=CreditPurchased&before=9`);
    const entry = await app.send(linkTo(history.text, '/history/1?'));
    expect(hrefsOf(entry.text)).toContain(`${acme}/history?kind=CreditPurchased&before=9#entry-1`);
  });

  it('that is no more leads to the first rows, which still say what was done', async () => {
    const { status, headers } = await app.send(`${acme}?skip=50&named=1`);
    expect([status, headers.get('Location')]).toEqual([303, `${acme}?named=1`]);
    expect(textOf(await app.send(`${acme}?named=1`))).toContain('The name is saved.');
  });

  it('never leads out of the account', async () => {
    const path = `${acme}/sip-accounts/desk/name?from=${encodeURIComponent('//evil.example/?q=1')}`;
    const { headers } = await app.send(path, { ...formOf(await app.send(path)), name: 'Front' });
    expect(headers.get('Location')).toMatch(/^\/accounts\/acme\?named=1&at=\d+$/);
  });
});
