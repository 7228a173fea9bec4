import type { EventStoreDBClient } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import { LogRestored, reasonOf } from '../errors.js';
import { AppendCall, openAppends, type Answer, type Proposal } from './append-call.js';
import { callOf } from './call.js';
import { within, type Connection } from './connection.js';
import { NoAnswer, NotSent } from './failures.js';
import type { LogReader } from './log-reader.js';
import type { Settings } from './settings.js';

interface Line {
  readonly client: EventStoreDBClient;
  readonly opening: Promise<AppendCall>;
  call?: AppendCall;
}

/** The call that appends go on: opened for the first, and left for another when it ends or an answer stays away. */
export class AppendLine {
  private line: Line | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly settings: Settings,
    private readonly reader: LogReader,
  ) {}

  /** @throws NoAnswer in the time of one try; CallBroken, LogRestored, NotSent, the client's errors */
  async send(proposal: Proposal): Promise<Answer> {
    let line: Line | undefined;
    try {
      return await this.connection.call((client) => {
        line = this.lineOf(client);
        return within(this.settings.tryMs, answerOn(line, proposal));
      });
    } catch (error) {
      // It may carry nothing any more, and not know it.
      if (error instanceof NoAnswer && line === this.line) this.leave();
      throw error;
    }
  }

  private lineOf(client: EventStoreDBClient): Line {
    if (this.line && this.line.client === client && !this.line.call?.over) return this.line;
    this.leave();
    const line: Line = { client, opening: this.open(client) };
    this.line = line;
    line.opening.then(
      (call) => (line.call = call),
      () => {
        if (this.line === line) this.line = undefined;
      },
    );
    return line;
  }

  /**
   * Who restores a log takes its server away, and with it the call. What was decided on events that are gone would be
   * appended behind others that happen to have come to the same revision.
   */
  private async open(client: EventStoreDBClient): Promise<AppendCall> {
    await this.confirm();
    const open = callOf(client, this.connection.options, openAppends);
    return new AppendCall(await open());
  }

  /** @throws LogRestored, NotSent */
  private async confirm(): Promise<void> {
    try {
      await this.reader.confirmSeen();
    } catch (error) {
      if (error instanceof LogRestored) throw error;
      throw new NotSent(reasonOf(error), { cause: error });
    }
  }

  /** What is on it keeps the time of its try. */
  private leave(): void {
    const { line } = this;
    this.line = undefined;
    line?.opening.then(
      (call) => call.retire(this.settings.tryMs),
      () => {},
    );
  }
}

async function answerOn({ opening }: Line, proposal: Proposal): Promise<Answer> {
  const answer = await (await opening).send(proposal);
  const error = answer.getError();
  if (error) throw unpackToCommandError(error, proposal.stream);
  return answer;
}
