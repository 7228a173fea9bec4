import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import { Accounts } from '../accounts.js';
import { purchaseCredit, type PurchaseCredit } from '../domain/purchase-credit.js';
import type { CommandContext } from './command-context.js';

export class PurchaseCreditCommand extends Command<Booking> {
  constructor(
    readonly data: PurchaseCredit,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(PurchaseCreditCommand)
export class PurchaseCreditHandler implements ICommandHandler<PurchaseCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ data, context }: PurchaseCreditCommand): Promise<Booking> {
    return this.accounts.book('PurchaseCredit', data, context, purchaseCredit);
  }
}
