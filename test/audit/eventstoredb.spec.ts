import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { auditBundle } from '../../src/audit/bundle-audit.js';
import { importEvents } from '../../src/audit/bundle-import.js';
import { BundleReader } from '../../src/audit/bundle-reader.js';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { exportBundle } from '../../src/audit/commands/export.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { START } from '../../src/event-store/event-store.js';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { testConfig } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';
import { standalone } from './support/credit-ledger.js';
import { goodLog } from './support/good-log.js';
import { logOf, storeLog } from './support/stored-log.js';

const directory = temporaryDirectory();
const file = join(directory, 'ledger.bundle');
const ALL = { mainAccounts: null, until: null };
let simulator: Simulator;
let store: EventStore;

beforeAll(async () => {
  simulator = await Simulator.start();
  store = await openEventStoreDb({ eventStoreDbUrl: simulator.url });
  const embedded = await openTestStore();
  await storeLog(embedded, goodLog());
  await writeBundle(embedded, file, { selection: ALL });
  await embedded.close();
});
afterAll(async () => {
  await store.close();
  await simulator.stop();
  rmSync(directory, { recursive: true });
});

describe('a ledger on EventStoreDB', () => {
  it('takes a bundle of an embedded ledger, an append at a time, and is the same ledger', async () => {
    const append = store.append.bind(store);
    let [running, most] = [0, 0];
    const counted: typeof store.append = async (...args) => {
      most = Math.max(most, ++running);
      return append(...args).finally(() => (running -= 1));
    };
    store.append = counted;
    await importEvents(store, new BundleReader(file).events());
    store.append = append;
    expect(most).toBe(1);
    const withoutPosition = (event: object) => ({ ...event, position: undefined });
    expect((await logOf(store)).map(withoutPosition)).toEqual(goodLog().map(withoutPosition));
  });

  it('is verified like any other, with the same tree', async () => {
    const [copy, original] = await Promise.all([
      audit(() => store.readAll(START)),
      audit(() => new BundleReader(file).events()),
    ]);
    expect(copy.findings).toEqual([]);
    expect(copy.tree).toEqual(original.tree);
  });

  it('is verified as it is stored: a member that is there twice, of which some take the first, is found', async () => {
    const event = simulator.log.events.find(({ type }) => type === 'CreditPurchased')!;
    const { data } = event;
    const twice = Buffer.from(data).toString().replace('{', '{"amount":"9.0000",');
    Object.assign(event, { data: Buffer.from(twice) });
    const { findings } = await audit(() => store.readAll(START));
    Object.assign(event, { data });
    expect(findings.map(({ check, message }) => [check, message])).toContainEqual([
      'form',
      'its data is JSON, but not as the ledger writes it',
    ]);
  });

  it('exports the same bundle again, but for the time it was made', async () => {
    const again = join(directory, 'again.bundle');
    const { manifest } = await writeBundle(store, again, { selection: ALL });
    const before = new BundleReader(file);
    for await (const _ of before.events());
    expect({ ...manifest, createdAt: '' }).toEqual({ ...before.manifest, createdAt: '' });
  });

  it.each([
    ['until it is scavenged, with what is in it', 16],
    ['and without, once it is scavenged', 8],
  ])('exports the rest of a log from which an account was deleted, and names it, %s', async (_, events) => {
    const rest = join(directory, `rest-${events}.bundle`);
    if (events === 16) simulator.log.tombstone('mainAccount-bob');
    else simulator.log.scavenge();
    const checkpoint = (): never => {
      throw new Error('what is not all is not signed');
    };
    const { manifest } = await writeBundle(store, rest, { selection: ALL, checkpoint });
    expect(manifest).toMatchObject({ events, deleted: ['bob'], tree: null });
    const { findings } = await auditBundle(new BundleReader(rest));
    expect(findings).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/account bob was deleted/) }),
    ]);
    const { status, stdout } = standalone(rest);
    expect(stdout).toMatch(/BAD manifest: main account bob was deleted.*\nDISCREPANCY: 1 findings/);
    expect(status).toBe(1);
  });

  it('says of an export which accounts were deleted, and exits like one that found something', async () => {
    const told: string[] = [];
    const config = {
      ...testConfig(directory),
      store: 'eventstoredb' as const,
      eventStoreDbUrl: simulator.url,
    };
    const exit = await exportBundle(
      config,
      join(directory, 'told.bundle'),
      ALL,
      (text) => void told.push(text),
    );
    expect(exit).toBe(1);
    expect(told).toContain('main account bob was deleted from the log: the bundle holds what is left of it');
  });

  it('exports a deleted account alone as what is left of it, and others as if nothing had happened', async () => {
    const bundleOf = async (mainAccount: string) => {
      const selection = { mainAccounts: [mainAccount], until: null };
      return (await writeBundle(store, join(directory, mainAccount), { selection })).manifest;
    };
    expect(await bundleOf('bob')).toMatchObject({ events: 0, deleted: ['bob'] });
    expect(standalone(join(directory, 'bob')).stdout).toContain('DISCREPANCY: 1 findings');
    expect((await auditBundle(new BundleReader(join(directory, 'bob')))).findings).toHaveLength(1);
    expect((await bundleOf('alice')).deleted).toBeUndefined();
    expect(standalone(join(directory, 'alice')).stdout).toContain('SOUND: 8 events');
  });
});
