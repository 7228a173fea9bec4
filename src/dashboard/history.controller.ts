import { Readable } from 'node:stream';
import { setImmediate as othersHadTheirTurn } from 'node:timers/promises';
import { Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { GetStoredEventQuery } from '../ledger/queries/get-stored-event.js';
import {
  type FoundHistory,
  type SearchHistory,
  SearchHistoryQuery,
} from '../projections/history/search-history.js';
import { LookUpNamesQuery } from '../projections/names/look-up-names.js';
import type { Freshness } from '../projections/freshness.js';
import { accountsToChoose, chooseAccount } from './account-choice.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { csvOf, type PageOfHistory } from './history-csv.js';
import { historyFilterOf, historyHref } from './history-filter.js';
import { EventPage } from './pages/event.js';
import { HistoryPage } from './pages/history.js';
import { Pages } from './pages.js';
import { mainAccountIdOf } from './request.js';

const ROWS = 50;
/** Movements that the chart draws: about one in three pixels. */
const POINTS = 300;
const CSV_ROWS = 1000;
/** Queries that look for the entries of a page; each looks through a part of a long history. */
const MOST_QUERIES = 10;

/** What happened to an account: to read, to look at, to download. */
@Roles('billing', 'auditor', 'operator', 'customer')
@DashboardRoutes('accounts/:mainAccountId')
export class HistoryController {
  constructor(
    private readonly queries: QueryBus,
    private readonly pages: Pages,
  ) {}

  @Get('history')
  async history(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const view = this.pages.view(request);
    const mainAccountId = mainAccountIdOf(request);
    const { filter, flaw, search, fits } = await this.searchOf(request);
    const before = revisionOf(field(request.query, 'before'));
    const after = revisionOf(field(request.query, 'after'));
    const page = await this.find({ mainAccountId, ...search, before, after, limit: ROWS });
    // Without anything newer it is the newest page, which is full, and grows.
    if (after !== undefined && (page.previous === null || page.entries.length === 0))
      return void (await reply.redirect(historyHref(view, filter), 303));
    const drawn = await this.find({ mainAccountId, ...search, type: undefined, limit: POINTS });
    const shown = [filter.account, ...page.entries.map(({ sipAccountId = '' }) => sipAccountId)];
    const { names, namesPosition } = await this.queries.execute(new LookUpNamesQuery(mainAccountId, shown));
    await this.pages.send(request, reply, HistoryPage, {
      ...page,
      view,
      names,
      namesPosition,
      filter,
      flaw,
      accounts: (await accountsToChoose(this.queries, mainAccountId)).sipAccounts,
      fits,
      before: page.next ?? undefined,
      after: page.previous ?? undefined,
      newest: before === undefined && after === undefined,
      balances: drawn.entries.toReversed().map(({ recordedAt, mainAccount, sipAccount }) => ({
        recordedAt,
        balance: (search.sipAccountId === undefined ? mainAccount : (sipAccount ?? mainAccount)).available,
      })),
    });
  }

  @Get('history.csv')
  async csv(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const mainAccountId = mainAccountIdOf(request);
    const { search } = await this.searchOf(request);
    const read = (before: number | undefined): Promise<PageOfHistory> =>
      this.queries.execute(new SearchHistoryQuery({ mainAccountId, ...search, before, limit: CSV_ROWS }));
    // Read before the answer begins, so that an account that is not there is still a page that says so.
    const first = await read(undefined);
    reply
      .type('text/csv; charset=utf-8')
      .header('Cache-Control', 'private, no-store')
      .header('Content-Disposition', `attachment; filename="history-${mainAccountId}.csv"`);
    await reply.send(Readable.from(csvOf(first, read)));
  }

  @Get('history/:revision')
  async event(
    @Param('revision') text: string,
    @Req() request: AuthenticatedRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const revision = revisionOf(text);
    if (revision === undefined) throw new NotFoundException();
    const mainAccountId = mainAccountIdOf(request);
    const { currency, entries } = await this.queries.execute(
      new SearchHistoryQuery({ mainAccountId, before: revision + 1, limit: 2 }),
    );
    const [entry, previous] = entries;
    if (entry?.revision !== revision) throw new NotFoundException();
    const view = this.pages.view(request);
    // The text itself is for those who look into what went wrong.
    const stored = view.isStaff
      ? await this.queries.execute(new GetStoredEventQuery(mainAccountId, revision))
      : undefined;
    const event = { view, currency, entry, previousHash: previous?.hash, stored };
    await this.pages.send(request, reply, EventPage, event);
  }

  /** What is searched for; and how many SIP accounts a text may mean that means none. */
  private async searchOf(request: AuthenticatedRequest) {
    const { filter: typed, flaw, ...period } = historyFilterOf(request.query);
    const choice = typed.account
      ? await chooseAccount(this.queries, mainAccountIdOf(request), typed.account)
      : undefined;
    const chosen = choice && 'sipAccountId' in choice ? choice : undefined;
    const account = chosen?.sipAccountId ?? typed.account;
    return {
      filter: { ...typed, account },
      flaw,
      // What is no SIP account has no history.
      search: { ...period, sipAccountId: account || undefined },
      fits: choice && 'fits' in choice ? choice.fits : undefined,
    };
  }

  /** Looks on while nothing was found and there is more to look through: nothing yet is not nothing. */
  private async find(search: SearchHistory): Promise<FoundHistory & Freshness> {
    const first = await this.queries.execute(new SearchHistoryQuery(search));
    let found = first;
    for (let asked = 1; asked < MOST_QUERIES && found.entries.length === 0; asked++) {
      const rest = restOf(search, found);
      if (!rest) break;
      // A query holds this thread for some 10 ms, and commands are served in it too.
      await othersHadTheirTurn();
      found = await this.queries.execute(new SearchHistoryQuery(rest));
    }
    // The first one alone looked at the newest entries, so the page has seen no more than it.
    const { revision, asOf } = first;
    return { ...found, revision, asOf, ...(search.after === undefined && { previous: first.previous }) };
  }
}

/** What a search has not looked through yet, in its direction; undefined when that is nothing. */
function restOf(search: SearchHistory, { previous, next }: FoundHistory): SearchHistory | undefined {
  if (search.after !== undefined) return previous === null ? undefined : { ...search, after: previous };
  return next === null ? undefined : { ...search, before: next };
}

const revisionOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);
