import assert from 'node:assert/strict';
import { type Answer, ApiApp } from './api-app.js';

export const NDJSON = 'application/x-ndjson';

/** What became of a line. */
export interface Result {
  readonly line: number;
  readonly status: number;
  readonly replayed?: boolean;
  readonly position?: string;
  readonly receipt?: Record<string, unknown>;
  readonly problem?: { readonly code: string; readonly detail: string; readonly [member: string]: unknown };
}

let keys = 0;
const freshKey = () => `bulk-${++keys}`;

export const open = (mainAccountId: string, idempotencyKey = freshKey()) => ({
  command: 'OpenMainAccount',
  idempotencyKey,
  mainAccountId,
  currency: 'EUR',
});
export const purchase = (mainAccountId: string, amount: string, idempotencyKey = freshKey()) => ({
  command: 'PurchaseCredit',
  idempotencyKey,
  mainAccountId,
  amount,
  reference: 'invoice 1',
});
export const addSip = (mainAccountId: string, sipAccountId: string, idempotencyKey = freshKey()) => ({
  command: 'AddSipAccount',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
});
export const add = (
  mainAccountId: string,
  amount: string,
  idempotencyKey = freshKey(),
  sipAccountId = 'desk-1',
) => ({
  command: 'AddCredit',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
  amount,
});
export const removeAll = (mainAccountId: string, idempotencyKey = freshKey(), sipAccountId = 'desk-1') => ({
  command: 'RemoveAllCredit',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
});

export const textOf = (lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

export const resultsOf = (text: string): Result[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Result);

/** Each result in short: `booked`, `replayed`, or the code of its problem. */
export const shortly = (results: readonly Result[]): string[] =>
  results.map(({ problem, replayed }) => problem?.code ?? (replayed ? 'replayed' : 'booked'));

/** Sends lines of commands to an API. */
export class BulkSender {
  private constructor(readonly api: ApiApp) {}

  /** To one of its own, with an account that has credit and a SIP account. */
  static async start(): Promise<BulkSender> {
    const api = await ApiApp.start();
    await api.funded('acme', '1000', 'desk-1');
    return new BulkSender(api);
  }

  send(
    lines: readonly (object | string)[],
    query = '',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.api.post(`/v1/commands${query}`, textOf(lines), {
      'Idempotency-Key': null,
      'Content-Type': NDJSON,
      ...headers,
    });
  }

  /** @returns each result in short; there is one a line, in their order */
  async book(lines: readonly (object | string)[], query = ''): Promise<string[]> {
    const results = resultsOf((await this.send(lines, query)).text);
    assert.deepEqual(
      results.map(({ line }) => line),
      lines.map((_, at) => at + 1),
    );
    return shortly(results);
  }

  /** How many events a main account has. */
  async eventsOf(mainAccountId: string): Promise<number> {
    let count = 0;
    for await (const page of this.api.store.readStream(`mainAccount-${mainAccountId}`)) count += page.length;
    return count;
  }
}
