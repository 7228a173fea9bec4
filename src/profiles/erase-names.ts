import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Profiles } from './profiles.js';

/** Forgets the names of a main account's SIP accounts, also those they had before. @throws StoreUnavailable, OutcomeUnknown */
export class EraseNamesCommand extends Command<void> {
  constructor(readonly mainAccountId: string) {
    super();
  }
}

@CommandHandler(EraseNamesCommand)
export class EraseNamesHandler implements ICommandHandler<EraseNamesCommand> {
  constructor(private readonly profiles: Profiles) {}

  execute({ mainAccountId }: EraseNamesCommand): Promise<void> {
    return this.profiles.erase(mainAccountId);
  }
}
