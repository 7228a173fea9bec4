import { describe, expect, it } from '@jest/globals';
import type { VNode } from 'preact';
import type { Role } from '../../src/auth/principal.js';
import { Assets } from '../../src/dashboard/assets.js';
import { AddCreditPage } from '../../src/dashboard/pages/add-credit.js';
import { AddSipAccountPage } from '../../src/dashboard/pages/add-sip-account.js';
import { EditNamePage } from '../../src/dashboard/pages/edit-name.js';
import { EventPage } from '../../src/dashboard/pages/event.js';
import { HistoryPage } from '../../src/dashboard/pages/history.js';
import { MainAccountsPage } from '../../src/dashboard/pages/main-accounts.js';
import { OverviewPage } from '../../src/dashboard/pages/overview.js';
import { ProblemPage } from '../../src/dashboard/pages/problem.js';
import { PurchasePage } from '../../src/dashboard/pages/purchase.js';
import { RemoveCreditPage } from '../../src/dashboard/pages/remove-credit.js';
import { SignInLinkPage, SignInPage } from '../../src/dashboard/pages/sign-in.js';
import { renderPage } from '../../src/dashboard/render.js';
import { LANGUAGES, type Language } from '../../src/dashboard/texts/languages.js';
import { View } from '../../src/dashboard/view.js';

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>=HYPERLINK("http://evil")`;

const assets = new Assets();

const viewOf = (language: Language, role: Role = 'billing') =>
  new View(
    language,
    assets,
    `/accounts/${HOSTILE}`,
    'https://shop.example/',
    { id: HOSTILE, roles: [role], mainAccountId: undefined },
    HOSTILE,
  );

const money = { currency: 'EUR', available: '61.3600', sipAccountsAvailable: '48.8980' };
const entry = {
  revision: 7,
  eventId: HOSTILE,
  type: 'CreditAllocated',
  recordedAt: '2026-11-22T17:51:57.123Z',
  sipAccountId: HOSTILE,
  amount: '5.0000',
  reference: HOSTILE,
  actor: HOSTILE,
  idempotencyKey: HOSTILE,
  hash: HOSTILE,
  mainAccount: { available: '61.3600' },
  sipAccounts: { available: '48.8980' },
  sipAccount: { available: '12.2109' },
} as const;

/** Every page, with everything on it that somebody else wrote being hostile. */
const pages: Record<string, (view: View) => VNode> = {
  'sign in': (view) => <SignInPage view={view} next={HOSTILE} problem="refused" takesTokens />,
  'sign-in link': (view) => <SignInLinkPage view={view} token={HOSTILE} />,
  'main accounts': (view) => (
    <MainAccountsPage
      view={view}
      query={HOSTILE}
      previous={HOSTILE}
      next={HOSTILE}
      mainAccounts={[{ ...money, mainAccountId: HOSTILE, sipAccountsCount: 3, named: HOSTILE }]}
    />
  ),
  overview: (view) => (
    <OverviewPage
      {...money}
      view={view}
      sipAccountsCount={20}
      asOf={entry.recordedAt}
      revision={7}
      namesPosition={9n}
      shares={[{ name: HOSTILE, amount: '1.0000', text: HOSTILE }]}
      rows={[
        {
          sipAccountId: HOSTILE,
          name: HOSTILE,
          available: '12.2109',
          lastMovementAt: entry.recordedAt,
          recent: ['0.0000', '12.2109'],
        },
      ]}
      sort={{ by: 'amount', descending: true }}
      query={HOSTILE}
      found={20}
      offset={0}
      previous={undefined}
      next={1}
      done={{ text: HOSTILE, again: true }}
      behind
    />
  ),
  'empty overview': (view) => (
    <OverviewPage
      {...money}
      view={view}
      sipAccountsCount={0}
      asOf={entry.recordedAt}
      revision={0}
      namesPosition={0n}
      shares={[]}
      rows={[]}
      sort={{ by: 'added', descending: false }}
      query=""
      found={0}
      offset={0}
      previous={undefined}
      next={undefined}
      done={undefined}
      behind={false}
    />
  ),
  'add credit': (view) => (
    <AddCreditPage
      {...money}
      view={view}
      name={HOSTILE}
      sipAccountId={HOSTILE}
      has="0.0000"
      idempotencyKey={HOSTILE}
      amount={HOSTILE}
      quickAmounts={['5.0000']}
      amountProblem={HOSTILE}
      problem={HOSTILE}
    />
  ),
  'remove credit': (view) => (
    <RemoveCreditPage
      {...money}
      view={view}
      name={HOSTILE}
      sipAccountId={HOSTILE}
      has="12.2109"
      availableAfter="73.5709"
      idempotencyKey={HOSTILE}
      problem={HOSTILE}
    />
  ),
  'add SIP account': (view) => (
    <AddSipAccountPage view={view} idempotencyKey={HOSTILE} sipAccountId={HOSTILE} idProblem={HOSTILE} />
  ),
  purchase: (view) => (
    <PurchasePage
      view={view}
      currency="EUR"
      idempotencyKey={HOSTILE}
      amount={HOSTILE}
      reference={HOSTILE}
      referenceProblem={HOSTILE}
    />
  ),
  'edit name': (view) => (
    <EditNamePage
      view={view}
      sipAccountId={HOSTILE}
      account={HOSTILE}
      idempotencyKey={undefined}
      name={HOSTILE}
    />
  ),
  history: (view) => (
    <HistoryPage
      view={view}
      currency="EUR"
      filter={{ account: HOSTILE, kind: 'CreditAllocated', since: '2026-11-01', until: '2026-11-30' }}
      flaw="reversedPeriod"
      accounts={[{ sipAccountId: HOSTILE, name: HOSTILE }]}
      fits={0}
      entries={[entry]}
      names={new Map([[HOSTILE, HOSTILE]])}
      before={7}
      after={9}
      newest
      balances={[
        { recordedAt: '2026-11-21T00:00:00.000Z', balance: '1.0000' },
        { recordedAt: entry.recordedAt, balance: '12.2109' },
      ]}
      asOf={entry.recordedAt}
      revision={7}
      namesPosition={9n}
    />
  ),
  event: (view) => (
    <EventPage
      view={view}
      currency="EUR"
      entry={entry}
      previousHash={HOSTILE}
      stored={{ position: 7n, data: HOSTILE, metadata: JSON.stringify({ $correlationId: HOSTILE }) }}
    />
  ),
  problem: (view) => <ProblemPage view={view} text={HOSTILE} again={HOSTILE} />,
};

describe.each(LANGUAGES)('a page in %s', (language) => {
  const view = viewOf(language);

  it('shows characters that change how others look, instead of letting them', () => {
    const data = '{"reference":"\u202egnp\u{e0001}"}';
    const stored = { position: 7n, data, metadata: '{}' };
    const html = renderPage(
      <EventPage view={view} currency="EUR" entry={entry} previousHash="" stored={stored} />,
    );
    expect(html).toContain(String.raw`\u202egnp\udb40\udc01`);
  });

  it('calls no filter empty before the whole history was looked through', () => {
    const page = (before: number | undefined) =>
      renderPage(
        <HistoryPage
          view={view}
          currency="EUR"
          filter={{ account: 'rare', kind: '', since: '', until: '' }}
          flaw={undefined}
          accounts={[]}
          entries={[]}
          names={new Map()}
          before={before}
          after={undefined}
          newest
          balances={[]}
          asOf={entry.recordedAt}
          revision={7}
          namesPosition={0n}
        />,
      );
    const { none, noneDownTo } = view.t.details;
    expect(page(undefined)).toContain(none);
    expect(page(500)).not.toContain(none);
    expect(page(500)).toContain(noneDownTo(500));
    expect(page(500)).toContain('before=500');
  });
});

describe.each(LANGUAGES)('an account without SIP accounts in %s', (language) => {
  it.each(['customer', 'billing', 'auditor', 'operator'] as const)('is its customer’s own, to %s', (role) => {
    const html = renderPage(pages['empty overview']!(viewOf(language, role)));
    expect(/\b(your|uw)\b/.test(html.replaceAll(/<[^>]+>/g, ' '))).toBe(role === 'customer');
  });
});

describe.each(LANGUAGES)('every page in %s', (language) => {
  const rendered = Object.entries(pages).map(([name, page]) => [name, renderPage(page(viewOf(language)))]);

  it.each(rendered)('%s writes what others wrote as text, never as markup', (_, html = '') => {
    const withoutOurs = html.replaceAll(/<script type="module" src="\/assets\/[\w.]+"><\/script>/g, '');
    expect(withoutOurs).not.toMatch(/<(script|img)/i);
    // Within a tag no attribute is an event handler or a style: the content security policy would block both.
    for (const [tag] of html.matchAll(/<[a-z][^>]*>/g))
      expect(tag.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/\s(on\w+|style)=/i);
  });

  it.each(rendered)('%s has one heading of the first level, a language and a title', (_, html = '') => {
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(html).not.toContain('undefined');
  });
});
