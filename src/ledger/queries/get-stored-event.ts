import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { EventStore, type RecordedEvent } from '../../event-store/event-store.js';
import { mainAccountStream } from '../streams.js';

/**
 * One event of a main account as the log holds it; undefined when it has no such revision.
 * @throws StoreUnavailable, StreamDamaged
 */
export class GetStoredEventQuery extends Query<RecordedEvent | undefined> {
  constructor(
    readonly mainAccountId: string,
    readonly revision: number,
  ) {
    super();
  }
}

@QueryHandler(GetStoredEventQuery)
export class GetStoredEventHandler implements IQueryHandler<GetStoredEventQuery> {
  constructor(private readonly store: EventStore) {}

  execute({ mainAccountId, revision }: GetStoredEventQuery): Promise<RecordedEvent | undefined> {
    return this.store.eventAtRevision(mainAccountStream(mainAccountId), revision);
  }
}
