import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as Listener, type Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';

const LIMIT_MS = 10_000;
/** One Ctrl-C may arrive twice: from the terminal, and passed on by the process that started this one. */
const SAME_SIGNAL_MS = 500;
const SWEEP_MS = 20;
/** A connection on which nothing comes for so long is idle, as far as one can tell. */
const QUIET_MS = 500;

/**
 * On SIGTERM and SIGINT: takes no more connections, and after a moment no more requests on those that it has; finishes
 * what it has; lets the write side end, then the projections, then the store. What is not done in 10 seconds, or when a
 * second signal comes, is left: nothing acknowledged is lost by that.
 */
export function stopOnSignals(app: INestApplication, logger: Logger): void {
  const server = app.getHttpServer() as Server;
  const unanswered = new Unanswered(server);
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) end(`a second ${signal}`);
      return;
    }
    stoppingSince = performance.now();
    logger.info({ signal }, 'stopping');
    setTimeout(() => end(`not done in ${LIMIT_MS} ms`), LIMIT_MS).unref();
    close().then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => end(error),
    );
  };
  const close = async (): Promise<void> => {
    await serveOut(server);
    setInterval(() => letGo(server, unanswered), SWEEP_MS);
    await app.close();
  };
  const end = (reason: unknown): void => {
    logger.error({ reason }, 'stopped before all was done');
    endAtOnce();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/**
 * Ends the process whatever its threads are doing. An exit would terminate them, and one in the midst of a call of the
 * driver would make it an abort. It is what is left where this is the first process of a container, which no kill from
 * within reaches.
 */
export function endAtOnce(): never {
  process.kill(process.pid, 'SIGKILL');
  process.exit(1);
}

/**
 * Takes no more connections, and serves each that there is to its next answer, for a moment: what Node takes for idle may
 * hold a request that it has not read yet, and to close it would cut that off.
 */
function serveOut(server: Server): Promise<void> {
  server.prependListener('request', (_request, answer: ServerResponse) =>
    answer.setHeader('Connection', 'close'),
  );
  return new Promise((resolve) => {
    setTimeout(resolve, QUIET_MS);
    // The server's own `close` would do just that.
    Listener.prototype.close.call(server, () => resolve());
  });
}

/**
 * The requests that are to be answered yet, by their connection: an answer that waits behind another one is not told
 * when their connection goes.
 */
class Unanswered {
  private readonly connections = new Map<Socket, { open: number }>();

  constructor(server: Server) {
    server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
      const answers = this.answersOn(socket);
      answers.open += 1;
      answer.on('close', () => (answers.open -= 1));
    });
  }

  some(): boolean {
    return [...this.connections.values()].some(({ open }) => open > 0);
  }

  /** A count, and no set of them: one that lives on would take its room anew every few requests, among the old objects. */
  private answersOn(socket: Socket): { open: number } {
    let answers = this.connections.get(socket);
    if (!answers) {
      this.connections.set(socket, (answers = { open: 0 }));
      socket.once('close', () => this.connections.delete(socket));
    }
    return answers;
  }
}

/**
 * A connection that is kept alive after its last answer would hold the server open for minutes, and one that was
 * opened without ever sending a request is not idle in Node's eyes.
 */
function letGo(server: Server, unanswered: Unanswered): void {
  if (unanswered.some()) server.closeIdleConnections();
  else server.closeAllConnections();
}
