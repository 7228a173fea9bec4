import type { WrongExpectedVersionError } from '@eventstore/db-client';
import { RevisionConflict, StoreUnavailable } from '../errors.js';
import type { NewEvent, Position, StreamRevision } from '../event-store.js';
import type { Proposal } from './append-call.js';
import { AppendLine } from './append-line.js';
import { appendRequest } from './append-request.js';
import type { Connection } from './connection.js';
import { failureOf, verdictOf } from './failures.js';
import type { LogReader } from './log-reader.js';
import { Patience } from './patience.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';

/** What every server takes by default in one append, less some room for its own fields. */
const MAX_BYTES = 1_000_000;

/** One append as it is sent, the same at every try. */
interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: StreamRevision;
  readonly proposal: Proposal;
}

/**
 * Appends, and finds out whether it did. A try whose outcome is unknown is followed by the identical request:
 * the server compares the ids of what it has at those revisions and answers as it did the first time. Never is
 * anything else sent in its place, since the first try may still be on its way.
 */
export class Appender {
  private readonly slots: Slots;
  private readonly line: AppendLine;

  constructor(
    connection: Connection,
    private readonly reader: LogReader,
    private readonly settings: Settings,
    private readonly closing: AbortSignal,
  ) {
    this.slots = new Slots(settings.appends);
    this.line = new AppendLine(connection, settings, reader);
  }

  /** @throws RevisionConflict, StoreUnavailable, OutcomeUnknown */
  async append(stream: string, events: readonly NewEvent[], expected: StreamRevision): Promise<Position> {
    if (!this.reader.isOurs(stream)) throw new StoreUnavailable(`nobody follows the stream ${stream}`);
    const bytes = bytesOf(events);
    if (bytes > MAX_BYTES) throw new StoreUnavailable(`${bytes} bytes are more than one append may carry`);
    const proposal = { stream, request: appendRequest(stream, events, expected) };
    const request = { stream, events, expected, proposal };
    const patience = new Patience(this.settings, this.closing);
    return this.slots.run(() => this.persist(request, patience));
  }

  /** Resolves when nothing is on its way any more. */
  close(): Promise<void> {
    return this.slots.close();
  }

  private async persist(request: Append, patience: Patience): Promise<Position> {
    if (patience.spent)
      throw new StoreUnavailable('too many appends wait for EventStoreDB, or it is being closed');
    /** The first error that left it open whether the events were written. */
    let doubt: unknown;
    for (;;)
      try {
        return await this.send(request);
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict === 'conflict') {
          if (!doubt) throw conflictIn(request, error);
          const position = await this.find(request);
          if (position !== undefined) return position;
        }
        if (verdict === 'unknown') doubt ??= error;
        if (verdict === 'refused' || !(await patience.pause()))
          throw failureOf('append to', request.stream, error, doubt);
      }
  }

  private async send(request: Append): Promise<Position> {
    const { stream, events, proposal } = request;
    const answer = await this.line.send(proposal);
    const position = answer.getSuccess()?.getPosition();
    // A server may not say again where it wrote what it is sent again.
    const commit = position ? BigInt(position.getCommitPosition()) : await this.find(request);
    if (commit === undefined) throw new Error('the server gave no position');
    this.reader.seen.note({ id: events.at(-1)!.id, stream, position: commit });
    return commit;
  }

  /**
   * After a doubtful try the stream is not where it was: either that try was written, or another writer was first
   * and it never can be. What stands at the revisions says which.
   * @returns undefined when nothing stands there, or the server cannot be read: then it is too early to tell
   */
  private async find({ stream, events, expected }: Append): Promise<Position | undefined> {
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const stored = await this.reader.streamPage(stream, first, events.length).catch(() => []);
    if (stored.length === 0) return undefined;
    if (events.every(({ id }, index) => stored[index]?.id === id)) return stored.at(-1)?.position;
    throw new RevisionConflict(stream, expected, first + stored.length - 1);
  }
}

const bytesOf = (events: readonly NewEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);

function conflictIn({ stream, expected }: Append, error: unknown): RevisionConflict {
  const { actualVersion } = error as WrongExpectedVersionError;
  return new RevisionConflict(
    stream,
    expected,
    typeof actualVersion === 'bigint' ? Number(actualVersion) : 'no-stream',
  );
}
