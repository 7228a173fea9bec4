import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';

const LIMIT_MS = 10_000;
/** One Ctrl-C may arrive twice: from the terminal, and passed on by the process that started this one. */
const SAME_SIGNAL_MS = 500;

/**
 * On SIGTERM and SIGINT: says not ready, takes no more requests, finishes those it has, lets the write side end,
 * then the projections, then the store. What is not done in 10 seconds, or when a second signal comes, is left:
 * nothing acknowledged is lost by that.
 */
export function stopOnSignals(app: INestApplication, logger: Logger): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) end(1, `a second ${signal}`);
      return;
    }
    stoppingSince = performance.now();
    logger.info({ signal }, 'stopping');
    setTimeout(() => end(1, `not done in ${LIMIT_MS} ms`), LIMIT_MS).unref();
    app.close().then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => end(1, error),
    );
  };
  const end = (code: number, reason: unknown): void => {
    logger.error({ reason }, 'stopped before all was done');
    process.exit(code);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}
