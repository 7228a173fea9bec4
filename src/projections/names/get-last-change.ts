import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { spanOf } from '../history/account-span.js';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { namesPosition } from './names.js';

/** By which a page knows whether there is anything newer than it shows. */
export interface LastChange {
  readonly revision: number;
  /** The position of the last change of a name, 0 before the first. */
  readonly namesPosition: Position;
}

/** @throws MainAccountNotFound, ReadModelBehind */
export class GetLastChangeQuery extends Query<LastChange & Freshness> {
  constructor(readonly mainAccountId: string) {
    super();
  }
}

@QueryHandler(GetLastChangeQuery)
export class GetLastChangeHandler implements IQueryHandler<GetLastChangeQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ mainAccountId }: GetLastChangeQuery): Promise<LastChange & Freshness> {
    return this.reads.read('accounts', undefined, (models) => lastChange(models, mainAccountId));
  }
}

const lastChange = (models: ReadModels, mainAccountId: string): LastChange => ({
  revision: spanOf(models, mainAccountId).revision,
  namesPosition: namesPosition(models, mainAccountId),
});
