import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { MainAccountNotFound, SipAccountNotFound } from '../../ledger/domain/errors.js';
import type { AtLeast, Fresh } from '../freshness.js';
import { Reads, type ReadAt } from '../reads.js';
import { positionOf, type ReadModels } from '../read-models.js';
import { type SipAccountOverview, viewOf } from './account-view.js';

export interface GetSipAccount extends AtLeast {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
}

/** @throws MainAccountNotFound, SipAccountNotFound, ReadModelBehind, PositionInFuture */
export class GetSipAccountQuery extends Query<Fresh<SipAccountOverview>> {
  constructor(readonly request: GetSipAccount) {
    super();
  }
}

@QueryHandler(GetSipAccountQuery)
export class GetSipAccountHandler implements IQueryHandler<GetSipAccountQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetSipAccountQuery): Promise<Fresh<SipAccountOverview>> {
    return this.reads.readAlone('accounts', request.atLeast, (models) => readSipAccount(models, request));
  }
}

function readSipAccount(
  models: ReadModels,
  { mainAccountId, sipAccountId }: GetSipAccount,
): ReadAt<SipAccountOverview> {
  const view = viewOf(models, mainAccountId);
  if (view?.sipAccounts) {
    const answer = view.sipAccounts.get(sipAccountId);
    if (!answer) throw new SipAccountNotFound(sipAccountId);
    return { answer, position: view.position };
  }
  const row = models
    .query<Omit<SipAccountOverview, 'available'> & { available: string | null; position: string }>(
      `SELECT currency, sip_accounts.available, moved_at AS movedAt, revision, ${positionOf('accounts')}
     FROM main_accounts LEFT JOIN sip_accounts
       ON sip_accounts.main_account_id = main_accounts.main_account_id AND sip_account_id = ?
     WHERE main_accounts.main_account_id = ?`,
    )
    .get(sipAccountId, mainAccountId);
  if (!row) throw new MainAccountNotFound(mainAccountId);
  const { currency, available, movedAt, revision, position } = row;
  if (available === null) throw new SipAccountNotFound(sipAccountId);
  return {
    answer: { mainAccountId, sipAccountId, currency, available, movedAt, revision },
    position: BigInt(position),
  };
}
