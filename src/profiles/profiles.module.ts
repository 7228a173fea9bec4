import { Module } from '@nestjs/common';
import { EraseNamesHandler } from './erase-names.js';
import { GetNamesHandler } from './get-names.js';
import { NameSipAccountHandler } from './name-sip-account.js';
import { Profiles } from './profiles.js';

/** Names of SIP accounts. `EventStore` comes from the composition root. */
@Module({ providers: [Profiles, NameSipAccountHandler, EraseNamesHandler, GetNamesHandler] })
export class ProfilesModule {}
