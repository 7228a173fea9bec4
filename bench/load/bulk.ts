import { Agent } from 'node:http';
import { ask, expectStatus, type Ask } from './http.js';

/** One line of `POST /v1/commands`. */
export type Line = Readonly<Record<'command' | 'idempotencyKey' | 'mainAccountId', string>> &
  Readonly<Record<string, string>>;

interface Result {
  readonly line: number;
  readonly status: number;
  readonly replayed: boolean;
}

export interface BulkFigures {
  /** From the first request to the end of the last answer. */
  readonly seconds: number;
  /** Parses every result, which the measured time does not hold. @throws Error unless each line was booked, once */
  check(): void;
}

/** A request's body, made before the time is taken. */
export interface Body {
  readonly text: Buffer;
  readonly lines: number;
}

/** Bodies of so many lines each, the last one perhaps of fewer. */
export function* bodiesOf(lines: Iterable<Line>, most: number): Generator<Body> {
  let texts: string[] = [];
  const body = (): Body => ({ text: Buffer.from(texts.join('\n')), lines: texts.length });
  for (const line of lines) {
    texts.push(JSON.stringify(line));
    if (texts.length < most) continue;
    yield body();
    texts = [];
  }
  if (texts.length > 0) yield body();
}

/** Sends commands in bulk, so many requests at a time. */
export class BulkLoad {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly url: string) {}

  async send(bodies: readonly Body[], atOnce: number): Promise<BulkFigures> {
    const answers: Buffer[] = [];
    const rest = bodies.entries();
    const lane = async (): Promise<void> => {
      for (const [at, { text }] of rest) answers[at] = await this.post(text);
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: atOnce }, lane));
    const seconds = (performance.now() - started) / 1000;
    return {
      seconds,
      check: () => {
        for (const [at, { lines }] of bodies.entries()) check(answers[at]!, lines);
      },
    };
  }

  close(): void {
    this.agent.destroy();
  }

  private async post(body: Buffer): Promise<Buffer> {
    const bulk: Ask = {
      method: 'POST',
      url: `${this.url}/v1/commands`,
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    };
    return expectStatus(200, bulk, await ask(this.agent, bulk)).body;
  }
}

function check(answer: Buffer, lines: number): void {
  const results = answer.toString().trimEnd().split('\n');
  if (results.length !== lines) throw new Error(`${lines} lines, but ${results.length} results`);
  for (const [at, text] of results.entries()) {
    const { line, status, replayed } = JSON.parse(text) as Result;
    if (line !== at + 1 || status !== 201 || replayed)
      throw new Error(`result ${at + 1} is wrong: ${text.slice(0, 500)}`);
  }
}
