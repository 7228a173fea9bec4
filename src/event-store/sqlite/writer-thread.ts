import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WalMover } from '../../sqlite/wal-mover.js';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../errors.js';
import { isEventId, type Position } from '../event-store.js';
import type { Answer, AppendRequest, AppendResult, Wish } from './messages.js';
import { pack } from './packed-appends.js';

/** So many events are sent whatever the worker has: it can go on with them when it has committed. */
const WORTH_A_MESSAGE = 32;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: Error) => void;
}

/** The thread that writes the log, seen from this one: gathers appends, and tells each what became of it. */
export class WriterThread {
  /** Appends that are not yet with the worker. */
  private gathered: Waiting[] = [];
  /** How many events they have. */
  private gatheredEvents = 0;
  /** Appends with the worker, in the order of its answers. */
  private readonly sent: Waiting[] = [];
  /** Other wishes with the worker, likewise. Each is told the fault, if there is one. */
  private readonly others: ((fault: string | undefined) => void)[] = [];
  /** Why the log takes no appends any more. */
  private ended: string | undefined;
  private checking: Promise<void> | undefined;
  private readonly mover: WalMover;

  private constructor(
    private readonly file: string,
    private readonly worker: Worker,
    private readonly exited: Promise<unknown>,
  ) {
    worker.on('message', (answer: Answer) => this.receive(answer));
    worker.on('error', (error) =>
      this.end(`the writer of ${file} failed, restart the service: ${String(error)}`),
    );
    worker.on('exit', () => this.end(`the writer of ${file} has ended, restart the service`));
    this.mover = new WalMover(file, () => this.post('moved'));
  }

  /** Opens the log in it, which is made when it is missing. @throws StoreUnavailable */
  static async start(file: string): Promise<WriterThread> {
    const worker = new Worker(new URL('./sqlite-worker.js', import.meta.url), {
      workerData: { file },
      // What it makes is garbage at once: with four times the room it held 12 MB more, and was no faster.
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
    });
    // Not `once` of node:events, which fails on what the worker may die of meanwhile.
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    try {
      const [answer] = (await once(worker, 'message')) as [Answer];
      if (answer.kind === 'fault') throw new StoreUnavailable(answer.reason);
      return new WriterThread(file, worker, exited);
    } catch (error) {
      worker.postMessage('close' satisfies Wish);
      await exited;
      throw error;
    }
  }

  append(request: AppendRequest): Promise<Position> {
    const { events } = request;
    if (this.ended !== undefined) return Promise.reject(new StoreUnavailable(this.ended));
    if (events.length === 0 || !events.every(({ id }) => isEventId(id)))
      return Promise.reject(new TypeError('an append takes one event or more, each with a lower-case UUID'));
    return new Promise((resolve, reject) => {
      const before = this.gatheredEvents;
      this.gathered.push({ request, resolve, reject });
      this.gatheredEvents += events.length;
      if (before === 0 || (before < WORTH_A_MESSAGE && this.gatheredEvents >= WORTH_A_MESSAGE))
        queueMicrotask(() => this.sendSoon());
    });
  }

  erase(stream: string): Promise<void> {
    if (this.ended !== undefined) return Promise.reject(new StoreUnavailable(this.ended));
    this.send();
    return new Promise((resolve, reject) => {
      this.others.push((fault) => (fault === undefined ? resolve() : reject(new OutcomeUnknown(fault))));
      this.post({ erase: stream });
    });
  }

  check(): Promise<void> {
    if (this.ended !== undefined) return Promise.reject(new StoreUnavailable(this.ended));
    // One for all who ask meanwhile: while the file is locked each one holds appends up.
    this.checking ??= this.ask().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /** Takes no more appends, and ends when those are written that it had. */
  async close(): Promise<void> {
    this.send();
    this.ended ??= `${this.file} has been closed`;
    await this.mover.close();
    this.post('close');
    await this.exited;
  }

  private ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.others.push((fault) => (fault === undefined ? resolve() : reject(new StoreUnavailable(fault))));
      this.post('check');
    });
  }

  /**
   * At once when the worker has nothing to do; else with what comes in until it has answered: to wake it, commit, and
   * hear of it costs more than ten appends do. So the busier the ledger, the more share a commit, and nobody waits for
   * others to come.
   */
  private sendSoon(): void {
    if (this.sent.length === 0 || this.gatheredEvents >= WORTH_A_MESSAGE) this.send();
  }

  private send(): void {
    if (this.gathered.length === 0) return;
    const appends = this.gathered;
    this.gathered = [];
    this.gatheredEvents = 0;
    this.sent.push(...appends);
    this.post(pack(appends.map(({ request }) => request)));
  }

  private post(wish: Wish): void {
    this.worker.postMessage(wish);
  }

  private receive(answer: Answer): void {
    if (answer.kind === 'results') {
      const answered = this.sent.splice(0, answer.results.length);
      for (const [at, waiting] of answered.entries()) settle(waiting, answer.results[at]!);
      this.sendSoon();
    } else if (answer.kind === 'fault') this.others.shift()?.(answer.reason);
  }

  /** The worker is gone. What it had may or may not be written; what it never saw is not. */
  private end(reason: string): void {
    this.ended ??= reason;
    for (const { reject } of this.sent.splice(0)) reject(new OutcomeUnknown(reason));
    for (const { reject } of this.gathered.splice(0)) reject(new StoreUnavailable(reason));
    this.gatheredEvents = 0;
    for (const tell of this.others.splice(0)) tell(reason);
  }
}

function settle({ request, resolve, reject }: Waiting, result: AppendResult): void {
  if (typeof result === 'number') return resolve(BigInt(result));
  switch (result.kind) {
    case 'conflict':
      return reject(new RevisionConflict(request.stream, request.expectedRevision, result.actualRevision));
    case 'unavailable':
      return reject(new StoreUnavailable(result.reason));
    case 'unknown':
      return reject(new OutcomeUnknown(result.reason));
  }
}
