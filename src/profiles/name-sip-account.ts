import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type NamingContext, Profiles } from './profiles.js';

export interface NameSipAccount {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** Empty to take the name away. */
  readonly name: string;
}

/** @throws StoreUnavailable, OutcomeUnknown */
export class NameSipAccountCommand extends Command<void> {
  constructor(
    readonly data: NameSipAccount,
    readonly context: NamingContext,
  ) {
    super();
  }
}

@CommandHandler(NameSipAccountCommand)
export class NameSipAccountHandler implements ICommandHandler<NameSipAccountCommand> {
  constructor(private readonly profiles: Profiles) {}

  execute({ data, context }: NameSipAccountCommand): Promise<void> {
    return this.profiles.name(data, context);
  }
}
