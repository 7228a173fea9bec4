import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import { addSipAccount, type AddSipAccount } from '../domain/add-sip-account.js';
import { LedgerCommand } from './ledger-command.js';

export class AddSipAccountCommand extends LedgerCommand<AddSipAccount> {
  readonly type = 'AddSipAccount';
  readonly decide = addSipAccount;
}

@CommandHandler(AddSipAccountCommand)
export class AddSipAccountHandler implements ICommandHandler<AddSipAccountCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute(command: AddSipAccountCommand): Promise<Booking> {
    return this.accounts.book(command);
  }
}
