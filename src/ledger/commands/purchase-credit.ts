import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Accounts } from '../accounts.js';
import type { Booking } from '../booking.js';
import { purchaseCredit, type PurchaseCredit } from '../domain/purchase-credit.js';
import { LedgerCommand } from './ledger-command.js';

export class PurchaseCreditCommand extends LedgerCommand<PurchaseCredit> {
  readonly type = 'PurchaseCredit';
  readonly decide = purchaseCredit;
}

@CommandHandler(PurchaseCreditCommand)
export class PurchaseCreditHandler implements ICommandHandler<PurchaseCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute(command: PurchaseCreditCommand): Promise<Booking> {
    return this.accounts.book(command);
  }
}
