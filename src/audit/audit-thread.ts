import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.js';
import type { Stretch, StretchSeen } from './stretch.js';

/** What a thread of the audit is started with. */
export interface AuditThreadData {
  readonly config: Config;
  readonly clockTolerance: number;
}

/** A thread of the audit, that looks at one stretch of the log after the other. */
export class AuditThread {
  private readonly worker: Worker;
  private readonly answers: AsyncIterator<[StretchSeen]>;
  private readonly ended: Promise<unknown>;

  constructor(data: AuditThreadData) {
    this.worker = new Worker(new URL('./audit-worker.js', import.meta.url), { workerData: data });
    this.ended = new Promise((resolve) => this.worker.once('exit', resolve));
    this.answers = on(this.worker, 'message', { close: ['exit'] }) as AsyncIterator<[StretchSeen]>;
  }

  /** Looks at one behind those that it was told of before. @throws what ended the thread */
  async look(stretch: Stretch): Promise<StretchSeen> {
    this.worker.postMessage(stretch);
    const { value, done } = await this.answers.next();
    if (done) throw new Error('a thread of the audit ended before its time');
    return value[0];
  }

  /** Lets the stretches that it was told of end. */
  async end(): Promise<void> {
    this.worker.postMessage('end');
    await this.ended;
  }
}
