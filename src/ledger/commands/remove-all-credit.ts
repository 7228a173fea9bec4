import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import { removeAllCredit, type RemoveAllCredit } from '../domain/remove-all-credit.js';
import { LedgerCommand } from './ledger-command.js';

export class RemoveAllCreditCommand extends LedgerCommand<RemoveAllCredit> {
  readonly type = 'RemoveAllCredit';
  readonly decide = removeAllCredit;
}

@CommandHandler(RemoveAllCreditCommand)
export class RemoveAllCreditHandler implements ICommandHandler<RemoveAllCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute(command: RemoveAllCreditCommand): Promise<Booking> {
    return this.accounts.book(command);
  }
}
