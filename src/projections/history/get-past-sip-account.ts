import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ZERO } from '../../ledger/domain/amount.js';
import { SipAccountNotFound } from '../../ledger/domain/errors.js';
import type { SipAccountOverview } from '../accounts/account-view.js';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { lastOfSip } from './entries.js';
import { atPoint, readAtPoint, type GetPast, type PastAccount } from './point-in-time.js';

export interface GetPastSipAccount extends GetPast {
  readonly sipAccountId: string;
}

/** @throws MainAccountNotFound, SipAccountNotFound also when it was added later, PointInFuture, ReadModelBehind */
export class GetPastSipAccountQuery extends Query<SipAccountOverview & Freshness> {
  constructor(readonly request: GetPastSipAccount) {
    super();
  }
}

@QueryHandler(GetPastSipAccountQuery)
export class GetPastSipAccountHandler implements IQueryHandler<GetPastSipAccountQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetPastSipAccountQuery): Promise<SipAccountOverview & Freshness> {
    return readAtPoint(this.reads, request, (models, past) => readPast(models, past, request));
  }
}

function readPast(
  models: ReadModels,
  past: PastAccount,
  { mainAccountId, sipAccountId, point }: GetPastSipAccount,
): SipAccountOverview {
  const last = lastOfSip(models, { mainAccountId, ...past }, sipAccountId, past.revision);
  if (!last) throw new SipAccountNotFound(sipAccountId, atPoint(point));
  return {
    mainAccountId,
    sipAccountId,
    currency: past.currency,
    available: last.sip_available ?? ZERO,
    movedAt: last.type === 'SipAccountAdded' ? null : last.recorded_at,
    revision: past.revision,
  };
}
