import { ZERO } from '../../ledger/domain/amount.js';
import type { HistoryEntry } from '../../projections/history/history-entry.js';
import { isMore } from '../amounts.js';
import { accountLabel } from '../format.js';
import { filterQuery, historyHref, LONGEST_ACCOUNT, type HistoryFilter } from '../history-filter.js';
import { BalanceChart } from '../parts/balance-chart.js';
import { Field } from '../parts/field.js';
import { Freshness } from '../parts/freshness.js';
import { HistoryTable } from '../parts/history-table.js';
import { Icon } from '../parts/icon.js';
import { Layout } from '../parts/layout.js';
import { livePath } from '../parts/live-path.js';
import { Notice } from '../parts/notice.js';
import type { View } from '../view.js';

export interface HistoryPageProps {
  readonly view: View;
  readonly currency: string;
  readonly filter: HistoryFilter;
  /** To choose from. */
  readonly accounts: readonly { readonly sipAccountId: string; readonly name: string | undefined }[];
  /** How many SIP accounts may be meant, when the filter names none. */
  readonly fits?: number | undefined;
  /** True when a day in the address was no day. */
  readonly invalidDate: boolean;
  readonly entries: readonly HistoryEntry[];
  /** By the ids of the SIP accounts that have one. */
  readonly names: ReadonlyMap<string, string>;
  /** Entries before this revision come on the next page, those after that one on the page before. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** True on the first page, which grows by itself. */
  readonly newest: boolean;
  /** Oldest first, of the main account or of the account that is filtered on. */
  readonly balances: readonly { readonly recordedAt: string; readonly balance: string }[];
  readonly asOf: string;
  readonly revision: number;
  /** Where in the log the names that it shows last changed. */
  readonly namesPosition: bigint;
}

export function HistoryPage(props: HistoryPageProps) {
  const { view, entries, newest, before, invalidDate } = props;
  const { t } = view;
  const live = newest ? livePath(view, props.revision, props.namesPosition) : undefined;
  return (
    <Layout view={view} title={t.details.title} at="history" live={live}>
      <div class="title">
        <h1>
          {t.details.title} <small>{view.mainAccountId}</small>
        </h1>
        <Freshness view={view} asOf={props.asOf} behind={false} />
      </div>
      <Filter {...props} />
      {invalidDate && <Notice kind="problem">{t.details.invalidDate}</Notice>}
      <div id="chart" data-part>
        <Chart {...props} />
      </div>
      {entries.length > 0 ? (
        <HistoryTable {...props} />
      ) : (
        <div class="card empty" id="entries" data-part>
          <p>{before === undefined ? t.details.none : t.details.noneDownTo(before)}</p>
        </div>
      )}
      <p class="help">{t.details.utc}</p>
      <div id="pages" data-part>
        <Pages {...props} />
      </div>
    </Layout>
  );
}

function Filter({ view, filter, names, accounts, fits }: HistoryPageProps) {
  const { details, kinds, clear } = view.t;
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <form method="get" action={view.to('/history')} class="toolbar filter" role="search">
      <Field
        name="account"
        label={details.account}
        value={accountLabel(filter.account, names.get(filter.account))}
        problem={fits === undefined ? undefined : details.accountUnclear(filter.account, fits)}
        focus={fits !== undefined}
        list="accounts"
        autocomplete="off"
        maxLength={LONGEST_ACCOUNT}
      />
      <datalist id="accounts">
        {accounts.map(({ sipAccountId, name }) => (
          <option key={sipAccountId} value={accountLabel(sipAccountId, name)} />
        ))}
      </datalist>
      <div class="field">
        <label for="kind">{details.kind}</label>
        <select id="kind" name="kind">
          <option value="">{details.allKinds}</option>
          {Object.entries(kinds).map(([kind, text]) => (
            <option key={kind} value={kind} selected={kind === filter.kind}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <Field name="since" type="date" label={details.from} value={filter.since} />
      <Field name="until" type="date" label={details.to} value={filter.until} />
      <button class="button secondary">{details.filter}</button>
      {narrowed && <a href={view.to('/history')}>{clear}</a>}
      <a class="download" href={`${view.to('/history.csv')}?${filterQuery(filter)}`}>
        <Icon name="down" />
        {details.download}
      </a>
    </form>
  );
}

function Chart({ view, currency, balances, filter, names, asOf }: HistoryPageProps) {
  const { details } = view.t;
  const first = balances[0];
  const last = balances.at(-1);
  if (!first || !last || balances.length < 2) return null;
  const highest = balances.reduce<string>(
    (most, { balance }) => (isMore(balance, most) ? balance : most),
    ZERO,
  );
  // Up to now, unless a period was asked for that ended before.
  const end = filter.until ? last.recordedAt : asOf;
  const sameDay = first.recordedAt.slice(0, 10) === end.slice(0, 10);
  const moment = (instant: string) =>
    sameDay ? `${view.date(instant)} ${view.time(instant)}` : view.date(instant);
  return (
    <div class="card">
      <BalanceChart
        points={balances.map(({ recordedAt, balance }) => ({ at: Date.parse(recordedAt), balance }))}
        end={Date.parse(end)}
        label={details.chartOf(accountLabel(filter.account, names.get(filter.account)) || details.chartMain)}
        highest={view.money(highest, currency)}
        zero={view.money(ZERO, currency)}
        from={moment(first.recordedAt)}
        to={moment(end)}
      />
    </div>
  );
}

function Pages({ view, filter, before, after, newest }: HistoryPageProps) {
  if (newest && before === undefined) return null;
  const { details } = view.t;
  return (
    <nav class="pages" aria-label={view.t.pages}>
      {!newest && <a href={historyHref(view, filter)}>{details.newest}</a>}
      {after !== undefined && (
        <a href={historyHref(view, filter, { after })} rel="prev">
          {details.newer}
        </a>
      )}
      {before !== undefined && (
        <a href={historyHref(view, filter, { before })} rel="next">
          {details.older}
        </a>
      )}
    </nav>
  );
}
