import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Outcome } from '../booking.js';
import type { LedgerCommand } from './ledger-command.js';

/** Many commands at once, of any accounts, each by itself. Answers what became of each, in their order. */
export class BookEachCommand extends Command<Outcome[]> {
  constructor(readonly commands: readonly LedgerCommand[]) {
    super();
  }
}

@CommandHandler(BookEachCommand)
export class BookEachHandler implements ICommandHandler<BookEachCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ commands }: BookEachCommand): Promise<Outcome[]> {
    return this.accounts.bookEach(commands);
  }
}
