import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import { Accounts } from '../accounts.js';
import { addCredit, type AddCredit } from '../domain/add-credit.js';
import type { CommandContext } from './command-context.js';

export class AddCreditCommand extends Command<Booking> {
  constructor(
    readonly data: AddCredit,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(AddCreditCommand)
export class AddCreditHandler implements ICommandHandler<AddCreditCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ data, context }: AddCreditCommand): Promise<Booking> {
    return this.accounts.book('AddCredit', data, context, addCredit);
  }
}
