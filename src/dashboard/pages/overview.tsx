import type { Done } from '../just-done.js';
import { amountSize } from '../parts/amount-size.js';
import { Field } from '../parts/field.js';
import { Freshness } from '../parts/freshness.js';
import { Layout } from '../parts/layout.js';
import { livePath } from '../parts/live-path.js';
import { Notice } from '../parts/notice.js';
import { ShareBar, type Share } from '../parts/share-bar.js';
import { overviewHref, SipAccountTable, type SipAccountRow, type Sort } from '../parts/sip-account-table.js';
import type { View } from '../view.js';

export interface OverviewProps {
  readonly view: View;
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  /** When the figures were read: RFC 3339, UTC. */
  readonly asOf: string;
  /** The last change of the account that the figures hold. */
  readonly revision: number;
  /** Where in the log the names that it shows last changed. */
  readonly namesPosition: bigint;
  readonly shares: readonly Share[];
  readonly rows: readonly SipAccountRow[];
  readonly sort: Sort;
  /** What the rows are filtered by. */
  readonly query: string;
  /** How many rows fit the filter, and where this page of them begins. */
  readonly found: number;
  readonly offset: number;
  /** Where the page before it begins; undefined on the first one. */
  readonly previous: number | undefined;
  /** Where the next page begins. */
  readonly next: number | undefined;
  /** What was just done. */
  readonly done: Done | undefined;
  /** True when the figures do not hold what was just done. */
  readonly behind: boolean;
}

/** Above this many accounts there is something to search in. */
const SEARCHABLE = 10;

export function OverviewPage(props: OverviewProps) {
  const { view, done, behind, query, sipAccountsCount } = props;
  const { t } = view;
  return (
    <Layout
      view={view}
      title={t.overview.title}
      at="overview"
      live={livePath(view, props.revision, props.namesPosition)}
    >
      <div class="title">
        <h1>
          {t.overview.title} <small>{view.mainAccountId}</small>
        </h1>
        <Freshness view={view} asOf={props.asOf} behind={behind} />
      </div>
      {done && (
        <Notice kind={done.again ? 'info' : 'done'} focus>
          {done.again && <strong>{t.done.again} </strong>}
          {done.text}
        </Notice>
      )}
      {behind && done && (
        // Once the figures are there the page finds no such part any more, and is loaded anew.
        <div id="behind" data-part>
          <Notice kind="info">
            {t.fresh.bookedNotShown} <a href={view.path}>{t.fresh.reload}</a>
          </Notice>
        </div>
      )}
      <Totals {...props} />
      <p class="unseen" id="changes" role="status" />
      <section id="list">
        <div class="toolbar">
          {view.mayMove && (
            <a class="button" href={view.to('/add-sip-account')}>
              {t.overview.addSip}
            </a>
          )}
          {(query !== '' || sipAccountsCount > SEARCHABLE) && (
            <form method="get" action={view.to('#list')} role="search">
              <Field name="q" type="search" label={t.overview.find} value={query} maxLength={64} />
              <button class="button secondary">{t.search}</button>
              {query && <a href={view.to('#list')}>{t.clear}</a>}
            </form>
          )}
        </div>
        {props.rows.length > 0 ? <SipAccountTable {...props} /> : <Empty {...props} />}
        {props.rows.length > 0 && <p class="help">{t.details.utc}</p>}
        <div id="pages" data-part>
          <Pages {...props} />
        </div>
      </section>
    </Layout>
  );
}

function Totals({ view, currency, available, sipAccountsAvailable, shares }: OverviewProps) {
  const { t } = view;
  return (
    <section class="card totals" id="totals" data-part>
      <div>
        <p class="label">{view.isCustomer ? t.overview.mainTotal : t.overview.mainTotalOfCustomer}</p>
        <Figure say={t.overview.shareMain} text={view.money(available, currency)} />
        <p class="after">
          {view.can('billing') && <a href={view.to('/purchase')}>{t.overview.purchase}</a>}
          {view.shopUrl && <a href={view.shopUrl}>{t.overview.buy}</a>}
        </p>
      </div>
      <div>
        <p class="label">{view.isCustomer ? t.overview.sipTotal : t.overview.sipTotalOfCustomer}</p>
        <Figure say={t.accounts.allocated} text={view.money(sipAccountsAvailable, currency)} />
      </div>
      {shares.length > 0 ? (
        <ShareBar shares={shares} label={t.overview.share} />
      ) : (
        <p class="help">{t.overview.shareNothing}</p>
      )}
    </section>
  );
}

/** @param props.say what it is, in short, for whoever is told of a change */
const Figure = ({ say, text }: { say: string; text: string }) => (
  <p class={`figure ${amountSize(text)}`} data-say={say}>
    {text}
  </p>
);

function Empty({ view, query }: OverviewProps) {
  const { overview } = view.t;
  return (
    <div class="card empty" id="rows" data-part>
      {query ? (
        <p>{overview.noMatch(query)}</p>
      ) : (
        <>
          <h2>{overview.empty}</h2>
          <p class="help">{view.isCustomer ? overview.emptyHint : overview.emptyOfCustomer}</p>
        </>
      )}
    </div>
  );
}

function Pages({ view, rows, offset, found, previous, next, query, sort }: OverviewProps) {
  if (previous === undefined && next === undefined) return null;
  const page = (skip?: number) => overviewHref(view, { query, sort, skip });
  return (
    <nav class="pages" aria-label={view.t.pages}>
      <span>
        {view.t.overview.showing(view.count(offset + 1), view.count(offset + rows.length), view.count(found))}
      </span>
      {previous !== undefined && previous > 0 && <a href={page()}>{view.t.first}</a>}
      {previous !== undefined && (
        <a href={page(previous || undefined)} rel="prev">
          {view.t.previous}
        </a>
      )}
      {next !== undefined && (
        <a href={page(next)} rel="next">
          {view.t.next}
        </a>
      )}
    </nav>
  );
}
