import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Outcome } from '../booking.js';
import type { LedgerCommand } from './ledger-command.js';

/** Commands of one main account, at most 400, all or none. Answers what became of each, in their order. */
export class BookTogetherCommand extends Command<Outcome[]> {
  constructor(
    readonly commands: readonly LedgerCommand[],
    /** Whether another one of those together could not be read: then none of them is booked. */
    readonly broken: boolean,
  ) {
    super();
  }
}

@CommandHandler(BookTogetherCommand)
export class BookTogetherHandler implements ICommandHandler<BookTogetherCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ commands, broken }: BookTogetherCommand): Promise<Outcome[]> {
    return this.accounts.bookTogether(commands, broken);
  }
}
