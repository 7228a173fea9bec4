import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import { Accounts } from '../accounts.js';
import { openMainAccount, type OpenMainAccount } from '../domain/open-main-account.js';
import type { CommandContext } from './command-context.js';

export class OpenMainAccountCommand extends Command<Booking> {
  constructor(
    readonly data: OpenMainAccount,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(OpenMainAccountCommand)
export class OpenMainAccountHandler implements ICommandHandler<OpenMainAccountCommand> {
  constructor(private readonly accounts: Accounts) {}

  execute({ data, context }: OpenMainAccountCommand): Promise<Booking> {
    return this.accounts.book('OpenMainAccount', data, context, openMainAccount);
  }
}
