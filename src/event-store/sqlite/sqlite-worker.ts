import { realpathSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { CommitBell } from './commit-bell.js';
import { explain } from './failure.js';
import type { Answer, AppendRequest, Wish } from './messages.js';
import { unpack, type PackedAppends } from './packed-appends.js';
import { SqliteLog } from './sqlite-log.js';

/** Requests a transaction takes up before it commits, give or take one message. */
const MAX_BATCH = 1000;

/** Appends whatever has come in by the time the last commit is done, with one sync. */
function serve(port: MessagePort, log: SqliteLog, bell: CommitBell): void {
  const answer = (message: Answer) => port.postMessage(message);

  const append = (requests: readonly AppendRequest[]) => {
    const results = log.appendAll(requests);
    if (results.some((result) => typeof result === 'number')) bell.ring();
    answer({ kind: 'results', results });
  };
  const close = () => {
    log.close();
    bell.close();
    port.close();
  };

  port.on('message', (first: Wish) => {
    let batch: AppendRequest[] = [];
    for (let wish: Wish | undefined = first; wish !== undefined; wish = next(port)) {
      if (isAppends(wish)) batch = batch.concat(unpack(wish));
      if (batch.length > 0 && (!isAppends(wish) || batch.length >= MAX_BATCH)) append(batch.splice(0));
      if (typeof wish === 'object' && 'erase' in wish)
        answer({ kind: 'fault', reason: log.erase(wish.erase) });
      if (wish === 'moved') log.moveRest();
      if (wish === 'check') answer({ kind: 'fault', reason: log.check() });
      if (wish === 'close') return close();
    }
    if (batch.length > 0) append(batch);
  });
}

const isAppends = (wish: Wish): wish is PackedAppends => Array.isArray(wish);

const next = (port: MessagePort): Wish | undefined => receiveMessageOnPort(port)?.message as Wish | undefined;

function start(port: MessagePort, file: string): void {
  try {
    const log = SqliteLog.open(file);
    serve(port, log, new CommitBell(realpathSync(file)));
    port.postMessage({ kind: 'open' } satisfies Answer);
  } catch (error) {
    port.postMessage({ kind: 'fault', reason: explain(file, error) } satisfies Answer);
  }
}

if (parentPort) start(parentPort, (workerData as { file: string }).file);
