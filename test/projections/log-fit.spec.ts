import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { importEvents } from '../../src/audit/bundle-import.js';
import { START, type EventStore, type NewEvent } from '../../src/event-store/event-store.js';
import { BUILT } from '../../src/projections/bulk/parts.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';
import { project, readModelsIn, rowsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';

/** No test here sees patience end, so it is long enough for a busy machine. */
const PATIENT = { tryMs: 10_000, patienceMs: 30_000 };

const named = (): NewEvent => ({
  id: crypto.randomUUID(),
  type: 'SipAccountNamed',
  data: JSON.stringify({ sipAccountId: 'desk', name: 'Desk' }),
  metadata: '{}',
});

describe.each(['SQLite', 'EventStoreDB'])('read models that belong to a log of SQLite, on %s', (kind) => {
  let directory: string;
  let file: string;
  let store: EventStore;
  let ledger: Ledger;
  let simulator: Simulator;
  let other: EventStore;
  beforeEach(async () => {
    directory = temporaryDirectory();
    file = readModelsIn(directory);
    store = await openTestStore();
    simulator = await Simulator.start();
    other = kind === 'SQLite' ? await openTestStore() : await openHasty(simulator.url, PATIENT);
    ledger = new Ledger(store);
    await ledger.funded('acme', '100', 'desk');
    for (const account of ['a', 'b', 'c']) await store.append(`profile-${account}`, [named()], 'no-stream');
    await ledger.add('acme', 'desk', '1');
  });
  afterEach(async () => {
    await Promise.all([store.close(), other.close()]);
    await simulator.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** What `import` does: a bundle has the ledger's events, and no names. */
  async function importLedger(): Promise<void> {
    async function* events() {
      for await (const page of store.readAll(START))
        yield page.filter(({ stream }) => stream.startsWith('mainAccount-'));
    }
    await importEvents(other, events());
  }
  const projectOn = async (log: EventStore, from = file) =>
    (await project(from, log, BUILT)).flatMap((message) => (message.kind === 'log' ? message.message : []));
  const rowsOf = async (log: EventStore) => {
    const fresh = readModelsIn(temporaryDirectory());
    await projectOn(log, fresh);
    return rowsIn(fresh);
  };

  it('are made anew of a log that was imported: its positions are others', async () => {
    await projectOn(store);
    await importLedger();

    expect(await projectOn(other)).toContainEqual(expect.stringMatching('does not fit the log'));
    await new Ledger(other).funded('later', '7');
    await projectOn(other);
    expect(rowsIn(file)).toEqual(await rowsOf(other));
  });

  it('are made anew also when that log has grown past their checkpoint', async () => {
    await projectOn(store);
    await importLedger();
    await new Ledger(other).funded('later', '7', 'x', 'y', 'z');

    expect(await projectOn(other)).toContainEqual(expect.stringMatching('does not fit the log'));
    expect(rowsIn(file)).toEqual(await rowsOf(other));
  });

  it('are made anew also when that log has come right to their checkpoint', async () => {
    await projectOn(store);
    await importLedger();
    const checkpoint = await store.head();
    for (let i = 0; (await other.head()) + 1n < checkpoint; i += 1)
      await other.append(`profile-${i}`, [named()], 'no-stream');
    await new Ledger(other).open('later');

    expect(await projectOn(other)).toContainEqual(expect.stringMatching('does not fit the log'));
    expect(rowsIn(file)).toEqual(await rowsOf(other));
  });

  it('go on where names stand after the last event of the ledger, also when they were erased', async () => {
    await importLedger();
    await other.append('profile-d', [named()], 'no-stream');
    await projectOn(other);
    expect(await projectOn(other)).toEqual(['read models have reached the end of the log']);
    await other.deleteStream('profile-d');
    expect(await projectOn(other)).toEqual(['read models have reached the end of the log']);

    const erased = { ...named(), type: 'NamesErased' };
    await other.append('profile-d', [erased], 'no-stream');
    await new Ledger(other).purchase('acme', '5');
    expect(await projectOn(other)).toEqual(['read models have reached the end of the log']);
    expect(rowsIn(file)).toEqual(await rowsOf(other));
  });
});
