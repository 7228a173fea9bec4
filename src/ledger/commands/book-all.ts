import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import type { LedgerCommand } from './ledger-command.js';

/** Many commands at once: each by itself, or those of one main account together, all or none. */
export class BookAllCommand extends Command<PromiseSettledResult<Booking>[]> {
  constructor(
    readonly commands: readonly LedgerCommand[],
    /** All of one main account then, at most 400. */
    readonly together: boolean,
    /** Whether another one of those together could not be read: then none of them is booked. */
    readonly broken = false,
  ) {
    super();
  }
}

@CommandHandler(BookAllCommand)
export class BookAllHandler implements ICommandHandler<BookAllCommand> {
  constructor(private readonly accounts: Accounts) {}

  /** What became of each command, in their order. */
  execute({ commands, together, broken }: BookAllCommand): Promise<PromiseSettledResult<Booking>[]> {
    return together ? this.accounts.bookTogether(commands, broken) : this.accounts.bookEach(commands);
  }
}
