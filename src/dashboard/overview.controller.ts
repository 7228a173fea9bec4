import { Get, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { FindMainAccountsQuery } from '../projections/accounts/find-main-accounts.js';
import {
  type SearchSipAccounts,
  SearchSipAccountsQuery,
} from '../projections/accounts/search-sip-accounts.js';
import { PositionInFuture, ReadModelBehind } from '../projections/errors.js';
import { GetRecentBalancesQuery } from '../projections/history/get-recent-balances.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field } from './form.js';
import { justDone } from './just-done.js';
import { mainAccountsHref, MainAccountsPage } from './pages/main-accounts.js';
import { OverviewPage } from './pages/overview.js';
import { Pages } from './pages.js';
import { SORTS, type Sort } from './parts/sip-account-table.js';
import { sharesOf } from './shares.js';
import type { View } from './view.js';

const ROWS = 50;
/** SIP accounts that the bar of shares shows one by one. */
const SHARES = 5;
/** Balances that a sparkline shows. */
const RECENT = 16;

/** The list of main accounts, and the overview of one. */
@DashboardRoutes('accounts')
export class OverviewController {
  constructor(
    private readonly queries: QueryBus,
    private readonly pages: Pages,
  ) {}

  @Roles('billing', 'auditor', 'operator')
  @Get()
  async mainAccounts(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = field(request.query, 'q').trim().slice(0, 64);
    const after = field(request.query, 'after').slice(0, 64);
    const before = field(request.query, 'before').slice(0, 64) || undefined;
    const { mainAccounts, previous, next } = await this.queries.execute(
      new FindMainAccountsQuery({ prefix: query, after, before, limit: ROWS }),
    );
    const isBeyond = before === undefined ? after !== '' && mainAccounts.length === 0 : previous === null;
    // Nothing is before the first page, which is the one that is full.
    if (isBeyond) return void (await reply.redirect(mainAccountsHref(query), 303));
    const view = this.pages.view(request);
    await this.pages.send(request, reply, MainAccountsPage, {
      view,
      query,
      mainAccounts,
      previous: previous ?? undefined,
      next: next ?? undefined,
    });
  }

  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId')
  async overview(@Req() request: AuthenticatedRequest, @Res() reply: FastifyReply): Promise<void> {
    const view = this.pages.view(request);
    const { search, sort } = searchOf(view, request.query);
    const { account, behind } = await this.read(search, field(request.query, 'at'));
    if (search.offset > 0 && account.sipAccounts.length === 0)
      return void (await reply.redirect(firstPageOf(request.url), 303));
    const { balances } = await this.queries.execute(
      new GetRecentBalancesQuery({
        mainAccountId: search.mainAccountId,
        sipAccountIds: account.sipAccounts.map(({ sipAccountId }) => sipAccountId),
        count: RECENT,
      }),
    );
    const shown = search.offset + account.sipAccounts.length;
    await this.pages.send(request, reply, OverviewPage, {
      ...account,
      view,
      shares: sharesOf(account, view),
      rows: account.sipAccounts.map(({ sipAccountId, name, available, movedAt }) => ({
        sipAccountId,
        name,
        available,
        lastMovementAt: movedAt ?? undefined,
        recent: balances.get(sipAccountId) ?? [],
      })),
      sort,
      query: search.contains,
      offset: search.offset,
      previous: search.offset > 0 ? Math.max(0, search.offset - ROWS) : undefined,
      next: shown < account.found ? shown : undefined,
      done: await justDone(this.queries, view, request.query, account.currency),
      behind,
    });
  }

  /**
   * Reads at a booking's position, so that it is in the figures; if that takes too long, what there is,
   * and that it is behind.
   */
  private async read(search: SearchSipAccounts, at: string) {
    const atLeast = /^\d{1,18}$/.test(at) ? BigInt(at) : undefined;
    try {
      return {
        account: await this.queries.execute(new SearchSipAccountsQuery({ ...search, atLeast })),
        behind: false,
      };
    } catch (error) {
      // A position of a log that was since replaced by an older copy: nothing to wait for.
      const isBehind = error instanceof ReadModelBehind;
      if (atLeast === undefined || !(isBehind || error instanceof PositionInFuture)) throw error;
      return { account: await this.queries.execute(new SearchSipAccountsQuery(search)), behind: isBehind };
    }
  }
}

function searchOf(view: View, query: unknown): { search: SearchSipAccounts; sort: Sort } {
  const by = SORTS.find((sort) => sort === field(query, 'sort')) ?? 'added';
  const sort = { by, descending: field(query, 'desc') === '1' };
  const skip = field(query, 'skip');
  const search = {
    mainAccountId: view.mainAccountId ?? '',
    contains: field(query, 'q').trim().slice(0, 64),
    orderBy: by,
    descending: sort.descending,
    offset: /^\d{1,6}$/.test(skip) ? Number(skip) : 0,
    limit: ROWS,
    largest: SHARES,
  };
  return { search, sort };
}

/** The same search from its first row on; what was done that led here is still to be told. */
function firstPageOf(url: string): string {
  const [path = '', query] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete('skip');
  return `${path}?${parameters.toString()}`;
}
