import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { nameOf, namesPosition } from './names.js';

/** What some SIP accounts of a main account are called. */
export interface LookedUpNames {
  /** By the ids of the SIP accounts; without those that have no name. */
  readonly names: ReadonlyMap<string, string>;
  /** The position of the last change of a name of the main account, 0 before the first. */
  readonly namesPosition: Position;
}

/** @throws ReadModelBehind */
export class LookUpNamesQuery extends Query<LookedUpNames & Freshness> {
  constructor(
    readonly mainAccountId: string,
    readonly sipAccountIds: Iterable<string>,
  ) {
    super();
  }
}

@QueryHandler(LookUpNamesQuery)
export class LookUpNamesHandler implements IQueryHandler<LookUpNamesQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ mainAccountId, sipAccountIds }: LookUpNamesQuery): Promise<LookedUpNames & Freshness> {
    return this.reads.read('accounts', undefined, (models) => lookUp(models, mainAccountId, sipAccountIds));
  }
}

function lookUp(models: ReadModels, mainAccountId: string, sipAccountIds: Iterable<string>): LookedUpNames {
  const names = new Map<string, string>();
  for (const sipAccountId of new Set(sipAccountIds)) {
    const name = nameOf(models, mainAccountId, sipAccountId);
    if (name !== undefined) names.set(sipAccountId, name);
  }
  return { names, namesPosition: namesPosition(models, mainAccountId) };
}
