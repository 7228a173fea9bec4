import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { LedgerObserver } from '../ledger/ledger-observer.js';
import { BuildBeside } from './build-beside.js';
import type { LogFields, LogLevel, Positions, ThreadMessage } from './messages.js';
import { Progress } from './progress.js';
import { ProjectionsThread } from './projections-thread.js';
import type { ReadModels } from './read-models.js';
import type { RebuildStatus } from './rebuild-status.js';
import {
  fileBeside,
  readModelsFileIn,
  removeReadModels,
  replaceReadModels,
  requireClosedWell,
} from './read-models-file.js';
import { Watch } from './watch.js';

const FIRST_RESTART_MS = 200;
const LAST_RESTART_MS = 30_000;

/**
 * Keeps the thread that writes the read models running, and the file fit to be read. What has once been read
 * never vanishes from it while the service runs: the write side has forgotten what it knows to find there.
 */
export class Supervisor {
  readonly progress = new Progress();
  rebuildStatus: RebuildStatus = { state: 'none' };
  /** Told that the log lacks what was read from the read models, and the write side has taken from them. */
  onRestored: (reason: string) => void = (reason) => this.abandon(reason);
  private readonly file: string;
  private readonly besideFile: string;
  private readonly logger = new Logger('Projections');
  private readonly watch = new Watch((on) => this.thread?.watch(on));
  private thread: ProjectionsThread | undefined;
  /** Told to end, but may still write: until then nobody else may, nor may the file be replaced. */
  private givenUp: ProjectionsThread | undefined;
  private beside: BuildBeside | undefined;
  private rebuilding: Promise<void> | undefined;
  private restart: NodeJS.Timeout | undefined;
  private restartMs = FIRST_RESTART_MS;
  private closed = false;
  /** A damaged file is given up once: where that does not end well, an operator has to look. */
  private abandoned = false;
  /** A long log was given to a build in bulk once: where that fails, it is followed to its end. */
  private builtInBulk = false;
  /** An alarm told of such a file; the next one comes only after all was well. */
  private alarmed = false;

  constructor(
    private readonly config: Config,
    private readonly models: ReadModels,
    private readonly observer: LedgerObserver,
  ) {
    this.file = readModelsFileIn(config.dataDir);
    this.besideFile = join(config.dataDir, 'read-models.rebuild.db');
    models.onDamage = (reason) => {
      if (!this.abandoned) this.abandon(reason);
    };
  }

  /** Resolves when the read models can be read, or when the first try to open them has failed. */
  async start(): Promise<void> {
    this.removeBeside();
    const thread = this.launch();
    await Promise.race([this.progress.until(() => this.opened), thread.ended]);
  }

  get running(): boolean {
    return this.thread !== undefined;
  }

  /** A query waits for the read models. */
  hurry(): void {
    this.thread?.hurry();
  }

  /** Somebody looks at the read models. @returns whether somebody has been looking */
  look(): boolean {
    return this.watch.look();
  }

  /** See `Projections.rebuild`. */
  rebuild(): Promise<void> {
    this.rebuilding ??= this.rebuildOnce().finally(() => (this.rebuilding = undefined));
    return this.rebuilding;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.restart);
    this.watch.end();
    await Promise.all([this.thread?.close(), this.beside?.close()]);
    await this.rebuilding?.catch(() => undefined);
    this.models.close();
  }

  private get opened(): boolean {
    return this.progress.positions.size > 0;
  }

  private launch(): ProjectionsThread {
    clearTimeout(this.restart);
    this.progress.restart();
    const thread: ProjectionsThread = new ProjectionsThread(
      this.config,
      { file: this.file, mayReset: !this.opened },
      // What a thread says that was given up counts no more.
      (message) => this.thread === thread && this.hear(message),
      (reason) => this.thread === thread && this.died(reason),
    );
    this.thread = thread;
    if (this.watch.on) thread.watch(true);
    return thread;
  }

  private hear(message: ThreadMessage): void {
    if (message.kind === 'log') return this.log(message.level, message.message, message.fields);
    if (message.kind === 'unusable') return this.abandon(message.reason);
    if (message.kind === 'restored') return this.onRestored(message.reason);
    if (message.kind === 'behind') return this.buildInBulk();
    if (message.kind === 'opened') {
      if (!reaches(message.rows, this.progress.positions))
        return this.abandon('the read models hold less than was read from them');
      if (!this.models.isOpen) this.models.open(this.file);
      // The thread before it may have died between a commit and telling of it.
      this.models.moved(undefined);
    }
    if (message.kind === 'progress') this.models.moved(message.streams);
    this.progress.hear(message);
    if (!this.progress.live) return;
    this.restartMs = FIRST_RESTART_MS;
    this.alarmed = false;
  }

  private died(reason: string): void {
    this.thread = undefined;
    // One death may be chance; the second in a row is the alarm, and those after it would only repeat it.
    const level = this.restartMs === 2 * FIRST_RESTART_MS ? 'alarm' : 'error';
    this.log(level, 'the projections ended; starting them again', { reason, file: this.file });
    if (!this.rebuilding) this.launchLater();
  }

  private launchLater(): void {
    if (this.closed) return;
    clearTimeout(this.restart);
    this.restart = setTimeout(() => this.launch(), this.restartMs);
    this.restartMs = Math.min(this.restartMs * 2, LAST_RESTART_MS);
  }

  /** The file is of no use any more: it is read as it is until another is ready. */
  private abandon(reason: string): void {
    // `close` would have to wait for the rebuild to end.
    if (this.closed) return;
    this.abandoned = true;
    const level = this.alarmed ? 'error' : 'alarm';
    this.alarmed = true;
    this.log(level, 'the read models cannot be used; building new ones beside them', { reason });
    this.rebuildInstead();
  }

  /** To build new ones from the beginning takes less time than what is left. Nobody is answered by them before either. */
  private buildInBulk(): void {
    if (this.closed || this.rebuilding || this.builtInBulk) return;
    // It would stop where one of them has.
    if (this.progress.stopped.size > 0) return;
    this.builtInBulk = true;
    this.log('info', 'most of the log is still to come; building new read models in bulk');
    this.rebuildInstead();
  }

  /** Nothing more is written to the file at hand, which is read as it is meanwhile. */
  private rebuildInstead(): void {
    void this.thread?.close();
    this.givenUp = this.thread ?? this.givenUp;
    this.thread = undefined;
    this.rebuild().catch(() => undefined);
  }

  private async rebuildOnce(): Promise<void> {
    const startedAt = new Date().toISOString();
    const end = () => ({ startedAt, endedAt: new Date().toISOString() });
    this.rebuildStatus = { state: 'running', startedAt };
    try {
      await this.replaceFile();
      this.rebuildStatus = { state: 'done', ...end() };
      this.log('info', 'the read models were rebuilt');
    } catch (error) {
      const reason = (error as Error).message;
      this.rebuildStatus = { state: 'failed', ...end(), reason };
      this.log('error', 'the read models were not rebuilt', { reason });
      throw error;
    } finally {
      await this.givenUp?.ended;
      if (!this.thread) this.launchLater();
    }
  }

  private async replaceFile(): Promise<void> {
    this.removeBeside();
    const beside = new BuildBeside(this.config, this.besideFile, (...told) => this.log(...told));
    this.beside = beside;
    try {
      await beside.until(() => beside.progress.live);
      // From here on nothing is added to the old file, so that the new one gets as far.
      clearTimeout(this.restart);
      await Promise.all([this.thread?.close(), this.givenUp?.ended]);
      this.thread = undefined;
      await beside.until(() => reaches(beside.progress.positions, this.progress.positions));
      await beside.close();
      this.swap(beside.progress.positions);
    } finally {
      await beside.close();
      this.beside = undefined;
      this.removeBeside();
    }
  }

  /** What a rebuild has left, also of a process that was killed: it holds names that may have been erased since. */
  private removeBeside(): void {
    for (const file of [this.besideFile, fileBeside(this.besideFile)]) removeReadModels(file);
  }

  private swap(positions: Positions): void {
    requireClosedWell(this.besideFile);
    this.models.close();
    replaceReadModels(this.file, this.besideFile);
    this.models.open(this.file);
    this.abandoned = this.alarmed = false;
    this.progress.hear({ kind: 'opened', positions, rows: positions });
    if (!this.closed) this.launch();
  }

  private log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (level === 'alarm') this.observer.alarm(message, fields);
    else this.logger[level === 'info' ? 'log' : level]({ message, ...fields });
  }
}

/** True when every projection is at least where it was. */
const reaches = (positions: Positions, before: Positions): boolean =>
  [...before].every(([projection, position]) => (positions.get(projection) ?? -1n) >= position);
