import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Position } from '../event-store/event-store.js';
import { type NamingContext, Profiles } from './profiles.js';

export interface NameSipAccount {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** Empty to take the name away. */
  readonly name: string;
}

/** Answers with the position from which on it has that name. @throws StoreUnavailable, OutcomeUnknown */
export class NameSipAccountCommand extends Command<Position> {
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

  execute({ data, context }: NameSipAccountCommand): Promise<Position> {
    return this.profiles.name(data, context);
  }
}
