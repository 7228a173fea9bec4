import { StreamNotFoundError } from '@eventstore/db-client';
import { GRACE_MS, within, type Connection } from './connection.js';
import { failureOf, verdictOf } from './failures.js';
import type { LogReader } from './log-reader.js';
import { Patience } from './patience.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';

/** Deletes streams. To delete one twice does no harm, so it is sent again until it is known to be done. */
export class Deleter {
  /** Each deletion is a call of its own. */
  private readonly slots: Slots;

  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly settings: Settings,
    private readonly closing: AbortSignal,
  ) {
    this.slots = new Slots(settings.concurrency);
  }

  /**
   * Deletes a stream so that it can begin again, and its numbers go on. The server keeps the bytes until it is
   * scavenged. @throws StoreUnavailable, OutcomeUnknown
   */
  delete(stream: string): Promise<void> {
    const patience = new Patience(this.settings, this.closing);
    return this.slots.run(async () => {
      for (let doubt: unknown; ;) {
        let sent = false;
        try {
          if (await this.isGone(stream)) return;
          sent = true;
          return await this.send(stream);
        } catch (error) {
          const verdict = verdictOf(error);
          if (sent && verdict === 'unknown') doubt ??= error;
          if (verdict === 'refused' || !(await patience.pause()))
            throw failureOf('delete', stream, error, doubt);
        }
      }
    });
  }

  /** Resolves when nothing is on its way any more. */
  close(): Promise<void> {
    return this.slots.close();
  }

  private async isGone(stream: string): Promise<boolean> {
    return (await this.reader.streamPage(stream, 0, 1)).length === 0;
  }

  /** A stream that is missing is as good as deleted. @throws the client's errors */
  private async send(stream: string): Promise<void> {
    const { options } = this.connection;
    const { tryMs } = this.settings;
    try {
      await this.connection.call((client) =>
        within(tryMs + GRACE_MS, client.deleteStream(stream, { ...options, deadline: tryMs })),
      );
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
  }
}
