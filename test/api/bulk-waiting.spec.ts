import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MAX_OPEN } from '../../src/api/bulk/limits.js';
import { Accounts } from '../../src/ledger/accounts.js';
import type { ApiApp } from '../support/api-app.js';
import { add, BulkSender, resultsOf, shortly } from '../support/bulk.js';

/** In all the open requests far more than may wait for one account. */
const LINES = 3000;

let api: ApiApp;
let bulk: BulkSender;

beforeAll(async () => {
  bulk = await BulkSender.start();
  ({ api } = bulk);
  await api.funded('a', String(MAX_OPEN * LINES), 's');
});
afterAll(() => api.close());

/** Resolves when so many commands are on their way that no more are taken. */
async function noneComeIn(): Promise<void> {
  const accounts = api.app.get(Accounts, { strict: false });
  for (let before = 0; before === 0 || accounts.depth > before; await passed(200)) before = accounts.depth;
}

it('while the store is slow lines wait in their clients, and none of as many as may be sent is turned away', async () => {
  const { release } = api.store.hold();
  const requests = Array.from({ length: MAX_OPEN }, (_, at) =>
    bulk.send(Array.from({ length: LINES }, (__, n) => add('a', '1', `${at}-${n}`, 's'))),
  );
  await noneComeIn();
  release();
  for (const { text } of await Promise.all(requests))
    expect(new Set(shortly(resultsOf(text)))).toEqual(new Set(['booked']));
});
