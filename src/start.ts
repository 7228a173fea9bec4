import { lookup } from 'node:dns/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveDirectly } from './api/direct-routes.js';
import { configureHttp, fastifyAdapter } from './api/http.js';
import { AppModule } from './app.module.js';
import { ApiKeys } from './auth/api-keys.js';
import { SignInLinks } from './auth/sign-in-links.js';
import type { Config } from './config/config.js';
import { EventStore } from './event-store/event-store.js';
import { ownDirectory } from './event-store/open-event-store.js';
import { createLogger, NestLogger } from './operations/logger.js';
import { Metrics } from './operations/metrics.js';
import { requestObserver } from './operations/request-log.js';
import { endAtOnce, stopOnSignals } from './operations/shutdown.js';
import { welcome } from './operations/welcome.js';
import { Supervisor } from './projections/supervisor.js';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Opens everything, listens, and says where. Read models that are behind catch up while commands are served. */
export async function start(config: Config): Promise<void> {
  const logger = createLogger(config);
  const metrics = new Metrics();
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error; the process ends');
    endAtOnce();
  });
  // Before any part looks for its files there.
  const directory = ownDirectory(config.dataDir);
  process.once('exit', () => directory.release());
  const observe = requestObserver(logger, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, logger, metrics),
    fastifyAdapter(observe, config.trustedProxies),
    // A failed start is told once, on stderr, and not in the log as well.
    { bufferLogs: true, autoFlushLogs: false, abortOnError: false },
  );
  // Accounts and keys are remembered that are not in it any more. Who starts has nothing to forget.
  app.get(EventStore).onRestored = app.get(Supervisor, { strict: false }).onRestored = (reason) => {
    logger.fatal(
      { reason },
      'the log was restored to an earlier state; the process ends, to be started again',
    );
    endAtOnce();
  };
  configureHttp(app);
  serveDirectly(app, observe);
  try {
    // Of the name `localhost` Fastify would serve every address, each by a server of its own that no stop waits for.
    const { address } = await lookup(config.host);
    await app.listen(config.port, address);
  } catch (error) {
    // Its threads end by themselves, or they would take the exit code along: see `openDatabase`.
    await app.close().catch(() => undefined);
    throw error;
  }
  // Not earlier: what has not started cannot be closed, and a signal that ends it at once leaves nothing half done.
  stopOnSignals(app, logger);
  app.useLogger(new NestLogger(logger));
  const url = await app.getUrl();
  say(`listening on ${url}`);
  say(`dashboard: ${url}/`);
  say(`API page: ${url}/docs`);
  const keys = app.get(ApiKeys);
  // Made only now: a start that fails needs none.
  keys.makeFirst((key, principal) => say(welcome(url, key, keys.path, app.get(SignInLinks).make(principal))));
  // What was logged so far, and all that follows: until now the framework held it back.
  app.flushLogs();
}
