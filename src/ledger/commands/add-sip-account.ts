import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import { Accounts } from '../accounts.js';
import { addSipAccount, type AddSipAccount } from '../domain/add-sip-account.js';
import type { CommandContext } from './command-context.js';

export class AddSipAccountCommand extends Command<Booking> {
  constructor(
    readonly data: AddSipAccount,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(AddSipAccountCommand)
export class AddSipAccountHandler implements ICommandHandler<AddSipAccountCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ data, context }: AddSipAccountCommand): Promise<Booking> {
    return this.accounts.book('AddSipAccount', data, context, addSipAccount);
  }
}
