import { Field } from '../parts/field.js';
import { Layout } from '../parts/layout.js';
import type { View } from '../view.js';

interface MainAccountRow {
  readonly mainAccountId: string;
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  /** The name of a SIP account that was looked for. */
  readonly named: string | null;
}

interface MainAccountsProps {
  readonly view: View;
  readonly query: string;
  readonly mainAccounts: readonly MainAccountRow[];
  /** The id that the page before ends before; undefined on the first one. */
  readonly previous: string | undefined;
  /** The id that the next page begins after; undefined on the last one. */
  readonly next: string | undefined;
}

/** What was found by a name leads to the SIP accounts with that name. */
function accountHref({ mainAccountId, named }: MainAccountRow, query: string): string {
  const search = named === null ? '' : `?${new URLSearchParams({ q: query }).toString()}`;
  return `/accounts/${encodeURIComponent(mainAccountId)}${search}`;
}

/** The address of a view of the rows. */
export function mainAccountsHref(query: string, place: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams({ ...(query && { q: query }), ...place });
  return `/accounts?${parameters.toString()}`;
}

/** All main accounts, for staff. */
export function MainAccountsPage({ view, query, mainAccounts, previous, next }: MainAccountsProps) {
  const { t } = view;
  return (
    <Layout view={view} title={t.accounts.title} at="accounts">
      <h1>{t.accounts.title}</h1>
      <form method="get" action="/accounts" class="toolbar" role="search">
        <Field name="q" type="search" label={t.accounts.find} value={query} maxLength={64} />
        <button class="button secondary">{t.search}</button>
        {query && <a href="/accounts">{t.clear}</a>}
      </form>
      {mainAccounts.length === 0 ? (
        <div class="card empty">
          <p>{query ? t.accounts.noMatch(query) : t.accounts.none}</p>
          {!query && <p class="help">{t.accounts.noneHint}</p>}
        </div>
      ) : (
        <div class="card flush scroll" tabIndex={0} role="region" aria-label={t.accounts.title}>
          <table class="rows mains">
            <thead>
              <tr>
                <th scope="col">{t.accounts.id}</th>
                <th scope="col" class="number">
                  {t.accounts.available}
                </th>
                <th scope="col" class="number">
                  {t.accounts.allocated}
                </th>
                <th scope="col" class="number">
                  {t.accounts.count}
                </th>
              </tr>
            </thead>
            <tbody>
              {mainAccounts.map((account) => (
                <tr key={account.mainAccountId}>
                  <th scope="row">
                    <a href={accountHref(account, query)}>{account.mainAccountId}</a>
                    {account.named !== null && <span class="subject">{account.named}</span>}
                  </th>
                  <td class="number balance" data-label={t.accounts.available}>
                    {view.money(account.available, account.currency)}
                  </td>
                  <td class="number balance" data-label={t.accounts.allocated}>
                    {view.money(account.sipAccountsAvailable, account.currency)}
                  </td>
                  <td class="number balance" data-label={t.accounts.count}>
                    {view.count(account.sipAccountsCount)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(previous || next) && (
        <nav class="pages" aria-label={t.pages}>
          {previous && <a href={mainAccountsHref(query)}>{t.first}</a>}
          {previous && (
            <a href={mainAccountsHref(query, { before: previous })} rel="prev">
              {t.previous}
            </a>
          )}
          {next && (
            <a href={mainAccountsHref(query, { after: next })} rel="next">
              {t.next}
            </a>
          )}
        </nav>
      )}
    </Layout>
  );
}
