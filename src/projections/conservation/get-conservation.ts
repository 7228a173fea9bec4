import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { amountOf } from '../../audit/balances.js';
import { ZERO } from '../../ledger/domain/amount.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { placeOfAccount } from '../history/account-span.js';
import { entryAt } from '../history/entries.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import type { EquationRow } from './conservation-projection.js';

export interface GetConservation extends AtLeast {
  readonly mainAccountId: string;
}

/** That what was purchased is what remains: purchased − spent = main account + SIP accounts + held. */
export interface ConservationCertificate {
  readonly mainAccountId: string;
  readonly purchased: string;
  /** SIP accounts do not yet report what they spend: always zero. */
  readonly spent: string;
  /** Credit is not yet set aside: always zero. */
  readonly held: string;
  readonly mainAccount: { readonly available: string };
  readonly sipAccounts: { readonly available: string };
  readonly holds: boolean;
  /** The event from which it has not held; null while it holds. */
  readonly firstBreach: {
    readonly revision: number;
    readonly eventId: string;
    readonly reason: string;
  } | null;
  readonly revision: number;
  /** Of the event at the revision. */
  readonly hash: string;
}

/** @throws MainAccountNotFound, ReadModelBehind, PositionInFuture */
export class GetConservationQuery extends Query<ConservationCertificate & Freshness> {
  constructor(readonly request: GetConservation) {
    super();
  }
}

@QueryHandler(GetConservationQuery)
export class GetConservationHandler implements IQueryHandler<GetConservationQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetConservationQuery): Promise<ConservationCertificate & Freshness> {
    return this.reads.read('conservation', request.atLeast, (models) =>
      certify(models, request.mainAccountId),
    );
  }
}

function certify(models: ReadModels, mainAccountId: string): ConservationCertificate {
  const row = models
    .query<EquationRow>('SELECT * FROM conservation WHERE main_account_id = ?')
    .get(mainAccountId);
  if (!row) throw new MainAccountNotFound(mainAccountId);
  const [main, sips] = [amountOf(BigInt(row.main)), amountOf(BigInt(row.sips))];
  const breach = breachOf(row) ?? differenceFromHistory(models, mainAccountId, row.revision, main, sips);
  return {
    mainAccountId,
    purchased: amountOf(BigInt(row.purchased)),
    spent: ZERO,
    held: ZERO,
    mainAccount: { available: main },
    sipAccounts: { available: sips },
    holds: breach === null,
    firstBreach: breach,
    revision: row.revision,
    hash: row.hash,
  };
}

const breachOf = ({ broken_revision: revision, broken_event_id: eventId, broken_by: reason }: EquationRow) =>
  revision === null ? null : { revision, eventId, reason };

/** The balances that customers are shown are another fold of the same events: they must be the same. */
function differenceFromHistory(
  models: ReadModels,
  mainAccountId: string,
  revision: number,
  main: string,
  sips: string,
): ConservationCertificate['firstBreach'] {
  const account = placeOfAccount(models, mainAccountId);
  const shown = account === undefined ? undefined : entryAt(models, account, revision);
  // The history may be a moment behind.
  if (!shown || (shown.available === main && shown.sip_accounts_available === sips)) return null;
  const reason = `the history shows ${shown.available} on the main account and ${shown.sip_accounts_available} on its SIP accounts`;
  return { revision, eventId: shown.event_id, reason };
}
