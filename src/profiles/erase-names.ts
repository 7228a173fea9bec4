import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Projections } from '../projections/projections.js';
import { type NamingContext, Profiles } from './profiles.js';

/**
 * Forgets the names of a main account's SIP accounts, also those they had before: in the log and in this process's
 * read models. Those of other replicas follow as they do with every event.
 * @throws MainAccountNotFound, StoreUnavailable, OutcomeUnknown; ReadModelBehind when only the read model may still hold them
 */
export class EraseNamesCommand extends Command<void> {
  constructor(
    readonly mainAccountId: string,
    readonly context: NamingContext,
  ) {
    super();
  }
}

@CommandHandler(EraseNamesCommand)
export class EraseNamesHandler implements ICommandHandler<EraseNamesCommand> {
  constructor(
    private readonly profiles: Profiles,
    private readonly projections: Projections,
  ) {}

  async execute({ mainAccountId, context }: EraseNamesCommand): Promise<void> {
    const position = await this.profiles.erase(mainAccountId, context);
    await this.projections.waitFor('names', position);
  }
}
