import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound, SipAccountNotFound } from '../../ledger/domain/errors.js';
import { Projections, type Freshness } from '../projections.js';
import { positionOf, type ReadModels } from '../read-models.js';
import { viewOf } from './account-view.js';

export interface GetSipAccount {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

export interface SipAccountOverview {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  readonly currency: string;
  readonly available: string;
  /** When credit was last moved to or from it; null if never. */
  readonly movedAt: string | null;
}

/** @throws MainAccountNotFound, SipAccountNotFound, ReadModelBehind, PositionInFuture */
export class GetSipAccountQuery extends Query<SipAccountOverview & Freshness> {
  constructor(readonly request: GetSipAccount) {
    super();
  }
}

@QueryHandler(GetSipAccountQuery)
export class GetSipAccountHandler implements IQueryHandler<GetSipAccountQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetSipAccountQuery): Promise<SipAccountOverview & Freshness> {
    return this.projections.readAlone('accounts', request.atLeast, (models) =>
      readSipAccount(models, request),
    );
  }
}

function readSipAccount(
  models: ReadModels,
  { mainAccountId, sipAccountId }: GetSipAccount,
): SipAccountOverview & { readonly position: string } {
  const view = viewOf(models, mainAccountId);
  if (view?.balances) {
    const balance = view.balances.get(sipAccountId);
    if (!balance) throw new SipAccountNotFound(sipAccountId);
    return { mainAccountId, sipAccountId, currency: view.currency, ...balance, position: view.position };
  }
  const row = models
    .query<{ currency: string; available: string | null; movedAt: string | null; position: string }>(
      `SELECT currency, sip_accounts.available, moved_at AS movedAt, ${positionOf('accounts')}
     FROM main_accounts LEFT JOIN sip_accounts
       ON sip_accounts.main_account_id = main_accounts.main_account_id AND sip_account_id = ?
     WHERE main_accounts.main_account_id = ?`,
    )
    .get(sipAccountId, mainAccountId);
  if (!row) throw new MainAccountNotFound(mainAccountId);
  const { currency, available, movedAt, position } = row;
  if (available === null) throw new SipAccountNotFound(sipAccountId);
  return { mainAccountId, sipAccountId, currency, available, movedAt, position };
}
