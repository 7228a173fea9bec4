import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import { openMainAccount, type OpenMainAccount } from '../domain/open-main-account.js';
import { LedgerCommand } from './ledger-command.js';

export class OpenMainAccountCommand extends LedgerCommand<OpenMainAccount> {
  readonly type = 'OpenMainAccount';
  readonly decide = openMainAccount;
}

@CommandHandler(OpenMainAccountCommand)
export class OpenMainAccountHandler implements ICommandHandler<OpenMainAccountCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute(command: OpenMainAccountCommand): Promise<Booking> {
    return this.accounts.book(command);
  }
}
