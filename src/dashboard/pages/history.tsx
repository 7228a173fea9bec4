import { ZERO } from '../../ledger/domain/amount.js';
import type { HistoryEntry } from '../../projections/history/history-entry.js';
import { isMore } from '../amounts.js';
import { accountLabel } from '../format.js';
import { filterQuery, historyHref, type PeriodFlaw, type Place } from '../history-filter.js';
import { BalanceChart } from '../parts/balance-chart.js';
import { FilterForm, FilterOnPaper, type FilterProps } from '../parts/filter-form.js';
import { Freshness } from '../parts/freshness.js';
import { HistoryTable } from '../parts/history-table.js';
import { Icon } from '../parts/icon.js';
import { Layout } from '../parts/layout.js';
import { livePath } from '../parts/live-path.js';
import { Notice } from '../parts/notice.js';

export interface HistoryPageProps extends FilterProps {
  readonly currency: string;
  readonly flaw: PeriodFlaw | undefined;
  readonly entries: readonly HistoryEntry[];
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
  const { view, entries, newest, before, flaw } = props;
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
      <FilterForm {...props} />
      <FilterOnPaper {...props} />
      {flaw && <Notice kind="problem">{t.details[flaw]}</Notice>}
      <div id="chart" data-part>
        <Chart {...props} />
      </div>
      <div class="above" id="list">
        <p class="help">{t.details.utc}</p>
        <a class="download" href={`${view.to('/history.csv')}?${filterQuery(props.filter)}`}>
          <Icon name="down" />
          {t.details.download}
        </a>
      </div>
      {entries.length > 0 ? (
        <HistoryTable {...props} />
      ) : (
        <div class="card empty" id="entries" data-part>
          <p>{before === undefined ? t.details.none : t.details.noneDownTo(before)}</p>
        </div>
      )}
      <div id="pages" data-part>
        <Pages {...props} />
      </div>
    </Layout>
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
  const page = (place?: Place) => `${historyHref(view, filter, place)}#list`;
  return (
    <nav class="pages" aria-label={view.t.pages}>
      {!newest && <a href={page()}>{details.newest}</a>}
      {after !== undefined && (
        <a href={page({ after })} rel="prev">
          {details.newer}
        </a>
      )}
      {before !== undefined && (
        <a href={page({ before })} rel="next">
          {details.older}
        </a>
      )}
    </nav>
  );
}
