import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import { Accounts } from '../accounts.js';
import { removeAllCredit, type RemoveAllCredit } from '../domain/remove-all-credit.js';
import type { CommandContext } from './command-context.js';

export class RemoveAllCreditCommand extends Command<Booking> {
  constructor(
    readonly data: RemoveAllCredit,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RemoveAllCreditCommand)
export class RemoveAllCreditHandler implements ICommandHandler<RemoveAllCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ data, context }: RemoveAllCreditCommand): Promise<Booking> {
    return this.accounts.book('RemoveAllCredit', data, context, removeAllCredit);
  }
}
