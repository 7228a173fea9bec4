import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Role, ROLES } from '../../src/auth/principal.js';
import { en } from '../../src/dashboard/texts/en.js';
import { PageApp } from '../support/page-app.js';

const STAFF: readonly Role[] = ['billing', 'auditor', 'operator'];
const MOVERS: readonly Role[] = ['billing', 'customer'];

/** Who may open a page or send a form, as docs/how-to/use-the-dashboard.md says. */
const PAGES: Readonly<Record<string, readonly Role[]>> = {
  'GET /accounts': STAFF,
  'GET /accounts/{mainAccountId}': ROLES,
  'GET /accounts/{mainAccountId}/history': ROLES,
  'GET /accounts/{mainAccountId}/history.csv': ROLES,
  'GET /accounts/{mainAccountId}/history/{revision}': ROLES,
  'GET /accounts/{mainAccountId}/live': ROLES,
  'GET /accounts/{mainAccountId}/purchase': ['billing'],
  'POST /accounts/{mainAccountId}/purchase': ['billing'],
  'GET /accounts/{mainAccountId}/add-sip-account': MOVERS,
  'POST /accounts/{mainAccountId}/add-sip-account': MOVERS,
  'GET /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/add-credit': MOVERS,
  'POST /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/add-credit': MOVERS,
  'GET /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/remove-all-credit': MOVERS,
  'POST /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/remove-all-credit': MOVERS,
  'GET /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/name': MOVERS,
  'POST /accounts/{mainAccountId}/sip-accounts/{sipAccountId}/name': MOVERS,
};

describe('a page of an account', () => {
  let app: PageApp;
  const visitors = new Map<Role, PageApp>();
  beforeAll(async () => {
    app = await PageApp.start();
    await app.api.funded('acme', '100', 'desk');
    await app.api.post('/v1/main-accounts/acme/sip-accounts/desk/add-credit', { amount: '5' });
    await app.catchUp('acme');
    await app.funded('neighbour');
    for (const role of ROLES)
      visitors.set(role, await app.another(role, role === 'customer' ? 'acme' : undefined));
  });
  afterAll(() => app.close());

  const ask = (visitor: PageApp, page: string, mainAccountId: string) => {
    const [method, path = ''] = page.split(' ');
    const address = path
      .replace('{mainAccountId}', mainAccountId)
      .replace('{sipAccountId}', 'desk')
      .replace('{revision}', '1');
    return visitor.send(address, method === 'POST' ? { name: 'Desk' } : undefined);
  };

  it('is one that is listed here', () => {
    const found = app.api.routes.filter((route) => route.includes(' /accounts'));
    expect(found.toSorted()).toEqual(Object.keys(PAGES).toSorted());
  });

  it.each(Object.entries(PAGES))(
    'is open to the roles that are listed, and to no other: %s',
    async (page, roles) => {
      const forbidden = new Map<Role, boolean>();
      for (const [role, visitor] of visitors)
        forbidden.set(role, (await ask(visitor, page, 'acme')).text.includes(en.problems.forbidden));
      expect(ROLES.filter((role) => !forbidden.get(role))).toEqual(
        ROLES.filter((role) => roles.includes(role)),
      );
    },
  );

  it('answers a customer of another account as if there were none', async () => {
    const customer = visitors.get('customer')!;
    const theirs = Object.entries(PAGES).filter(([, roles]) => roles.includes('customer'));
    for (const [page] of theirs)
      for (const mainAccountId of ['neighbour', 'nobody']) {
        const { status, text } = await ask(customer, page, mainAccountId);
        expect([page, mainAccountId, status]).toEqual([page, mainAccountId, 404]);
        expect(text).toContain(en.problems['not-found']);
      }
  });

  it.each(ROLES)(
    'shows the role %s the ways to all that is open to it, and to nothing else',
    async (role) => {
      const ways = new Set<string>();
      for (const path of ['/accounts/acme', '/accounts/acme/history'])
        for (const [, way = ''] of (await visitors.get(role)!.send(path)).text.matchAll(/ href="([^"#?]*)/g))
          if (way.startsWith('/accounts')) ways.add(pageAt(way));
      const open = Object.keys(PAGES).filter(
        (page) => page.startsWith('GET') && !page.endsWith('/live') && PAGES[page]!.includes(role),
      );
      expect([...ways].toSorted()).toEqual(open.toSorted());
    },
  );
});

/** The page at an address of acme's. */
const pageAt = (path: string): string =>
  `GET ${path.replace('/acme', '/{mainAccountId}').replace('/desk/', '/{sipAccountId}/').replace(/\d+$/, '{revision}')}`;
