import { join } from 'node:path';
import { Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysFile } from './api-keys-file.js';
import { ApiKeys } from './api-keys.js';
import { AuthGuard } from './auth.guard.js';
import { closedRoutes } from './closed-routes.js';
import { EndedSessions } from './ended-sessions.js';
import { RateLimit } from './rate-limit.js';
import { sessionSecret } from './session-secret.js';
import { Sessions } from './sessions.js';
import { SignInLinksController } from './sign-in-links.controller.js';
import { SignInLinks } from './sign-in-links.js';
import { Tokens } from './tokens.js';

const logger = new Logger('Auth');
const warn = (message: string): void => logger.warn(message);

/** Closes every route of the application but those that say who may use them. */
@Module({
  imports: [DiscoveryModule],
  controllers: [ApiKeysController, SignInLinksController],
  providers: [
    {
      provide: ApiKeys,
      useFactory: ({ dataDir, bootstrapKey, jwt }: Config) =>
        new ApiKeys(new ApiKeysFile(dataDir), bootstrapKey, jwt !== undefined, warn),
      inject: [CONFIG],
    },
    // Null when tokens are not configured.
    {
      provide: Tokens,
      useFactory: ({ jwt }: Config) => (jwt ? new Tokens(jwt, warn) : null),
      inject: [CONFIG],
    },
    {
      provide: AuthGuard,
      useFactory: (
        reflector: Reflector,
        keys: ApiKeys,
        tokens: Tokens | null,
        limit: RateLimit,
        sessions: Sessions,
      ) => new AuthGuard(reflector, keys, tokens ?? undefined, limit, sessions),
      inject: [Reflector, ApiKeys, Tokens, RateLimit, Sessions],
    },
    // What a principal may send, to the API and by signing in.
    { provide: RateLimit, useFactory: ({ rateLimit }: Config) => new RateLimit(rateLimit), inject: [CONFIG] },
    { provide: APP_GUARD, useExisting: AuthGuard },
    {
      provide: Sessions,
      useFactory: ({ dataDir, jwt }: Config, keys: ApiKeys) => {
        const secret = sessionSecret(dataDir);
        return new Sessions(
          secret,
          keys,
          new EndedSessions(join(dataDir, 'ended-sessions'), warn),
          jwt !== undefined,
        );
      },
      inject: [CONFIG, ApiKeys],
    },
    { provide: SignInLinks, useFactory: (keys: ApiKeys) => new SignInLinks(keys), inject: [ApiKeys] },
  ],
  exports: [ApiKeys, AuthGuard, RateLimit, Sessions, SignInLinks, Tokens],
})
export class AuthModule implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    for (const route of closedRoutes(this.discovery, this.scanner, this.reflector))
      logger.error(`${route} is closed to everybody: it declares neither @Roles() nor @Public()`);
  }
}
