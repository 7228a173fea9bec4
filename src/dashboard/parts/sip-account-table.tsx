import { ZERO } from '../../ledger/domain/amount.js';
import { accountLabel } from '../format.js';
import type { View } from '../view.js';
import { amountSize } from './amount-size.js';
import { Icon } from './icon.js';
import { Moment } from './moment.js';
import { Sparkline } from './sparkline.js';

export const SORTS = ['added', 'account', 'name', 'amount', 'moved'] as const;

export interface Sort {
  readonly by: (typeof SORTS)[number];
  readonly descending: boolean;
}

export interface SipAccountRow {
  readonly sipAccountId: string;
  readonly name: string | undefined;
  readonly available: string;
  /** RFC 3339, UTC; undefined before the first movement. */
  readonly lastMovementAt: string | undefined;
  /** The last balances, oldest first. */
  readonly recent: readonly string[];
}

interface SipAccountTableProps {
  readonly view: View;
  readonly currency: string;
  readonly rows: readonly SipAccountRow[];
  readonly sort: Sort;
  readonly query: string;
}

export function SipAccountTable({ view, currency, rows, sort, query }: SipAccountTableProps) {
  const { overview } = view.t;
  const sortable = (by: Sort['by'], text: string, className?: string) => (
    <SortableHead view={view} by={by} text={text} sort={sort} query={query} class={className} />
  );
  return (
    <div class="card flush scroll" tabIndex={0} role="region" aria-label={overview.title}>
      <table class="rows accounts">
        <thead>
          <tr>
            {sortable('account', overview.account)}
            {sortable('name', overview.name)}
            {sortable('amount', overview.amount, 'number')}
            <th scope="col" class="wide">
              {overview.trend}
            </th>
            {sortable('moved', overview.lastMovement)}
            {view.mayMove && (
              <th scope="col" class="options">
                {overview.options}
              </th>
            )}
          </tr>
        </thead>
        <tbody id="rows" data-part>
          {rows.map((row) => (
            <Row key={row.sipAccountId} view={view} currency={currency} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ view, currency, row }: { view: View; currency: string; row: SipAccountRow }) {
  const { overview } = view.t;
  const { sipAccountId: account, available, lastMovementAt } = row;
  const amount = view.money(available, currency);
  const empty = available === ZERO;
  return (
    <tr>
      <th scope="row">
        <a href={view.to(`/history?account=${encodeURIComponent(account)}`)}>{account}</a>
      </th>
      <td class="name">
        {row.name}
        {view.mayMove && (
          <a
            class={`quiet ${row.name === undefined ? 'alone' : ''}`}
            href={view.onward(view.toSip(account, '/name'))}
            aria-label={overview.rename(account)}
          >
            <Icon name="edit" />
          </a>
        )}
      </td>
      <td
        class={`number amount ${empty ? 'zero' : amountSize(amount)}`}
        data-say={accountLabel(account, row.name)}
      >
        {amount}
      </td>
      <td class="wide">
        <Sparkline balances={row.recent} label={overview.trendOf(account)} />
      </td>
      <td class="moment" data-label={overview.lastMovement}>
        {lastMovementAt ? (
          <Moment view={view} instant={lastMovementAt} />
        ) : (
          <span class="zero">{overview.never}</span>
        )}
      </td>
      {view.mayMove && (
        <td class="options">
          <a
            class="round"
            href={view.onward(view.toSip(account, '/add-credit'))}
            aria-label={overview.add(account)}
          >
            <Icon name="plus" />
          </a>
          {empty ? (
            <span class="round off" aria-hidden="true">
              <Icon name="minus" />
            </span>
          ) : (
            <a
              class="round danger"
              href={view.onward(view.toSip(account, '/remove-all-credit'))}
              aria-label={overview.remove(account)}
            >
              <Icon name="minus" />
            </a>
          )}
        </td>
      )}
    </tr>
  );
}

/** The address of a view of the rows, at the place where they begin. */
export function overviewHref(
  view: View,
  { query, sort, skip }: { query: string; sort: Sort; skip?: number | undefined },
): string {
  const parameters = new URLSearchParams({
    ...(query && { q: query }),
    ...(sort.by !== 'added' && { sort: sort.by }),
    ...(sort.descending && { desc: '1' }),
    ...(skip !== undefined && { skip: String(skip) }),
  });
  return `${view.to()}?${parameters.toString()}#list`;
}

interface SortableHeadProps {
  readonly view: View;
  readonly by: Sort['by'];
  readonly text: string;
  readonly sort: Sort;
  readonly query: string;
  readonly class?: string | undefined;
}

/** A column head that sorts by its column, and the other way round when pressed again. */
function SortableHead({ view, by, text, sort, query, class: className }: SortableHeadProps) {
  const active = sort.by === by;
  // Names are first read from A, amounts and times from the largest.
  const descending = active ? !sort.descending : by === 'amount' || by === 'moved';
  const href = overviewHref(view, { query, sort: { by, descending } });
  return (
    <th
      scope="col"
      class={className}
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      <a class="sort" href={href} title={view.t.overview.sortBy(text)}>
        {text}
      </a>
    </th>
  );
}
