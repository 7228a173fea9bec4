import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import type { Outcome } from '../../ledger/booking.js';
import { BookEachCommand } from '../../ledger/commands/book-each.js';
import { BookTogetherCommand } from '../../ledger/commands/book-together.js';
import type { LedgerCommand } from '../../ledger/commands/ledger-command.js';
import { logFault } from '../log-fault.js';
import { PROBLEMS, type ProblemCode } from '../problems.js';
import { blocksOf, BodyTooLong, type Block } from './blocks.js';
import { readLine, type ReadLine, type Sender } from './bulk-line.js';
import { MAX_BLOCKS, MAX_LINES, MAX_LINES_TOGETHER } from './limits.js';
import { problemOfLine, resultText } from './result.js';

/** Books lines of commands, and writes a line for each of what became of it, in their order. */
@Injectable()
export class Bulk {
  private readonly logger = new Logger('Api');

  constructor(private readonly commands: CommandBus) {}

  /**
   * Books each line by itself. Blocks of lines are decided in their order, some of them while others are in
   * flight; when so many are, the body is not read on. Results that are not taken are kept: many a client and proxy
   * takes none before it has sent all, and would wait for ever if the body were read no further meanwhile.
   */
  bookEach(body: AsyncIterable<Buffer>, sender: Sender): Readable {
    const results = Readable.from(blocksOf(body, MAX_LINES)).map(
      (block: Block) => this.bookBlock(block, sender),
      {
        concurrency: MAX_BLOCKS,
      },
    );
    return Readable.from(this.untilTooLong(results as AsyncIterable<Buffer>, sender), {
      highWaterMark: MAX_LINES,
    });
  }

  /**
   * Books the lines of each main account all or none. Nothing is booked before the whole body is in, and a line
   * of which not even the main account can be read lets none be booked: it might belong to any.
   * @throws BodyTooLong, and what the body throws when the client has gone: nothing was booked
   */
  async bookTogether(body: AsyncIterable<Buffer>, sender: Sender): Promise<Buffer> {
    const lines: ReadLine[] = [];
    for await (const block of blocksOf(body, MAX_LINES_TOGETHER))
      for (const line of block.lines) lines.push(readLine(line, sender));
    const outcomes: Outcome[] = [];
    const lost = lines.some(({ mainAccountId }) => mainAccountId === undefined);
    const book = async (places: readonly number[]): Promise<void> => {
      const group = places.map((place) => lines[place]!);
      const broken = lost || group.some(({ command }) => !command);
      const booked = await this.execute(group, (commands) => new BookTogetherCommand(commands, broken));
      for (const [at, place] of places.entries()) outcomes[place] = booked[at]!;
    };
    await Promise.all(placesByAccount(lines).map(book));
    return this.write(1, outcomes, sender);
  }

  private async bookBlock({ first, lines }: Block, sender: Sender): Promise<Buffer> {
    const read = lines.map((line) => readLine(line, sender));
    const booked = await this.execute(read, (commands) => new BookEachCommand(commands));
    return this.write(first, booked, sender);
  }

  /** @returns an outcome a line: of its command, or why it is none */
  private async execute(
    lines: readonly ReadLine[],
    commandOf: (commands: readonly LedgerCommand[]) => Command<Outcome[]>,
  ): Promise<Outcome[]> {
    const commands = lines.flatMap(({ command }): LedgerCommand[] => (command ? [command] : []));
    if (commands.length === 0) return lines.map(({ error }) => rejected(error));
    const booked = (await this.commands.execute(commandOf(commands))).values();
    return lines.map(({ command, error }) => (command ? booked.next().value! : rejected(error)));
  }

  /** As bytes: those of all lines may have to be kept, and a text of so many parts takes twice the room. */
  private write(first: number, outcomes: readonly Outcome[], { correlationId }: Sender): Buffer {
    const faults = new Map<ProblemCode, unknown>();
    let text = '';
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') {
        const { code } = problemOfLine(outcome.reason);
        if (PROBLEMS[code].status >= 500) faults.set(code, outcome.reason);
      }
      text += resultText(first + at, outcome, correlationId);
    }
    // Most likely one fault met them all: once a code is enough.
    for (const [code, error] of faults) logFault(this.logger, error, code, correlationId);
    return Buffer.from(text);
  }

  /** A limit is the result of the line that is beyond it, and the last one. */
  private async *untilTooLong(
    results: AsyncIterable<Buffer>,
    { correlationId }: Sender,
  ): AsyncGenerator<Buffer> {
    try {
      yield* results;
    } catch (error) {
      if (!(error instanceof BodyTooLong)) throw error;
      yield Buffer.from(resultText(error.line, rejected(error), correlationId));
    }
  }
}

const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason });

/** The places of the lines, by the main account that they name. */
function placesByAccount(lines: readonly ReadLine[]): (readonly number[])[] {
  const places = new Map<string | undefined, number[]>();
  for (const [place, { mainAccountId }] of lines.entries()) {
    const ofAccount = places.get(mainAccountId);
    if (ofAccount) ofAccount.push(place);
    else places.set(mainAccountId, [place]);
  }
  return [...places.values()];
}
