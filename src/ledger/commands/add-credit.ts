import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import { addCredit, type AddCredit } from '../domain/add-credit.js';
import { LedgerCommand } from './ledger-command.js';

export class AddCreditCommand extends LedgerCommand<AddCredit> {
  readonly type = 'AddCredit';
  readonly decide = addCredit;
}

@CommandHandler(AddCreditCommand)
export class AddCreditHandler implements ICommandHandler<AddCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute(command: AddCreditCommand): Promise<Booking> {
    return this.accounts.book(command);
  }
}
