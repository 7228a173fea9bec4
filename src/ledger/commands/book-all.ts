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
  ) {
    super();
  }
}

@CommandHandler(BookAllCommand)
export class BookAllHandler implements ICommandHandler<BookAllCommand> {
  constructor(private readonly accounts: Accounts) {}

  /** What became of each command, in their order. */
  execute({ commands, together }: BookAllCommand): Promise<PromiseSettledResult<Booking>[]> {
    return together ? this.accounts.bookTogether(commands) : this.accounts.bookEach(commands);
  }
}
