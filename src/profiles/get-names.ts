import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Profiles } from './profiles.js';

/** The names of a main account's SIP accounts, by their ids. @throws StoreUnavailable */
export class GetNamesQuery extends Query<ReadonlyMap<string, string>> {
  constructor(readonly mainAccountId: string) {
    super();
  }
}

@QueryHandler(GetNamesQuery)
export class GetNamesHandler implements IQueryHandler<GetNamesQuery> {
  constructor(private readonly profiles: Profiles) {}

  execute({ mainAccountId }: GetNamesQuery): Promise<ReadonlyMap<string, string>> {
    return this.profiles.names(mainAccountId);
  }
}
