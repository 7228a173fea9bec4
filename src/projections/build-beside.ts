import type { Config } from '../config/config.js';
import type { LogFields, LogLevel } from './messages.js';
import { Progress } from './progress.js';
import { ProjectionsThread } from './projections-thread.js';

/** A thread that builds read models in a file beside those in use, and how far it has come. */
export class BuildBeside {
  readonly progress = new Progress();
  private readonly thread: ProjectionsThread;
  /** Why the thread has ended. */
  private death = 'the service is closing';

  constructor(
    config: Config,
    file: string,
    log: (level: LogLevel, message: string, fields: LogFields) => void,
  ) {
    this.thread = new ProjectionsThread(
      config,
      { file, mayReset: true, inBulk: true },
      (message) => {
        if (message.kind === 'log') log(message.level, `rebuild: ${message.message}`, message.fields);
        else this.progress.hear(message);
      },
      (reason) => (this.death = reason),
    );
    // Once it follows the log, the service waits for it.
    this.thread.watch(true);
  }

  /** Resolves when the condition holds. @throws Error with the reason why it never will */
  async until(condition: () => boolean): Promise<void> {
    const { progress, thread } = this;
    await Promise.race([progress.until(() => condition() || progress.stopped.size > 0), thread.ended]);
    if (progress.stopped.size > 0) throw new Error('a projection stopped');
    if (!condition()) throw new Error(this.death);
  }

  /** Lets the batch at hand end, and the file be closed. */
  close(): Promise<void> {
    return this.thread.close();
  }
}
