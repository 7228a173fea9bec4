import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

/** As many as one request takes. With the account's first event it is one more than may be ahead of the read models. */
const LINES = 50_000;
/** At a second for each 400 they would wait longer than a stop may take. */
const LATE_LINES = 8_000;

interface Result {
  readonly line: number;
  readonly status: number;
  readonly problem?: { readonly code: string; readonly detail: string };
}

const dataDir = temporaryDirectory();
afterAll(async () => {
  await Service.killAll();
  rmSync(dataDir, { recursive: true, force: true });
});

async function book(service: Service, count: number, name: string): Promise<readonly Result[]> {
  const line = (number: number) =>
    JSON.stringify({
      command: 'PurchaseCredit',
      idempotencyKey: `${name}-${number}`,
      mainAccountId: 'acme',
      amount: '1',
      reference: 'x',
    });
  const response = await fetch(`${service.url}/v1/commands`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson' },
    body: Array.from({ length: count }, (_, number) => `${line(number)}\n`).join(''),
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((each) => JSON.parse(each) as Result);
}

it('tells commands in bulk that wait for the read models when it stops that they were not booked, and none is', async () => {
  // Read models that cannot be written: their file's place is taken.
  const obstacle = join(dataDir, 'read-models.db');
  mkdirSync(obstacle);
  const service = await Service.start(dataDir);
  await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
  expect((await book(service, LINES, 'early')).every(({ status }) => status === 201)).toBe(true);
  const late = book(service, LATE_LINES, 'late');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await service.stop()).toBe(0);

  const results = await late;
  expect(results.map(({ line }) => line)).toEqual(Array.from({ length: LATE_LINES }, (_, at) => at + 1));
  const refused = results.filter(({ status }) => status !== 201);
  expect(refused.length).toBeGreaterThan(LATE_LINES / 2);
  for (const { status, problem } of refused) {
    expect([status, problem?.code]).toEqual([503, 'store-unavailable']);
    expect(problem?.detail).toContain('nothing was booked');
  }

  rmdirSync(obstacle);
  const again = await Service.start(dataDir);
  await again.ready();
  const { available } = await again.query<{ available: string }>('/acme');
  expect(available).toBe(`${LINES + LATE_LINES - refused.length}.0000`);
  expect(await again.stop()).toBe(0);
}, 60_000);
