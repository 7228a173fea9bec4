import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';

/**
 * What was booked with a key. Asked of the write side: a read model might not know it yet.
 * @throws CommandNotFound, StoreUnavailable, OutcomeUnknown
 */
export class GetReceiptQuery extends Query<Booking> {
  constructor(
    readonly mainAccountId: string,
    readonly idempotencyKey: string,
  ) {
    super();
  }
}

@QueryHandler(GetReceiptQuery)
export class GetReceiptHandler implements IQueryHandler<GetReceiptQuery> {
  constructor(private readonly accounts: Accounts) {}

  execute({ mainAccountId, idempotencyKey }: GetReceiptQuery): Promise<Booking> {
    return this.accounts.find(mainAccountId, idempotencyKey);
  }
}
