import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../src/config/config.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { BuildBeside } from '../../src/projections/build-beside.js';
import { BUILT } from '../../src/projections/bulk/parts.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { killThread } from '../support/kill-thread.js';
import { Ledger } from '../support/ledger.js';
import { project, rowsIn } from '../support/projecting.js';
import { ReadSide, testConfig } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';

/** Of the threads of this process: the 19th field of what is told of one, behind its name in parentheses the 17th. */
const niceness = (): number[] =>
  readdirSync('/proc/self/task').map((thread) =>
    Number(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[16]),
  );

describe('read models that are built beside those in use', () => {
  let side: ReadSide;
  let beside: BuildBeside;
  let told: string[];
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    told = [];
  });
  afterEach(async () => {
    await beside.close();
    await side.remove();
  });

  const build = () => {
    const file = side.file.replace('.db', '.rebuild.db');
    beside = new BuildBeside(testConfig(side.dataDir), file, (_level, message) => told.push(message));
  };
  const never = () => beside.until(() => false);

  it('are as far as the log, and what their thread logs is told apart', async () => {
    build();
    const head = await side.store.head();
    await beside.until(() => beside.progress.position('accounts') >= head);

    expect(told).toContain('rebuild: read models built in bulk');
  });

  it('are built by threads that let all others go first, where threads have priorities', async () => {
    if (process.platform !== 'linux') return;
    const before = niceness();
    build();
    await beside.until(() => beside.progress.live);

    const mine = getPriority();
    // What builds them, and what moves their write-ahead log.
    expect(niceness().filter((each) => each !== mine)).toEqual([
      ...before.filter((each) => each !== mine),
      mine + 5,
      mine + 5,
    ]);
  });

  it('are not waited for once one of them has stopped at an event', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await side.store.append(mainAccountStream('acme'), [event], 2);
    build();

    await expect(never()).rejects.toThrow('a projection stopped');
  });

  it('are not waited for once their thread has died, and why it has is told', async () => {
    build();
    await beside.until(() => beside.progress.live);
    const { worker } = (beside as unknown as { thread: { worker: Worker } }).thread;

    await Promise.all([expect(never()).rejects.toThrow('unknown wish null'), killThread(worker)]);
  });

  it('are not waited for once they are let go', async () => {
    build();

    await Promise.all([expect(never()).rejects.toThrow('the service is closing'), beside.close()]);
  });
});

describe('read models that are built beside those in use, on EventStoreDB', () => {
  let directory: string;
  let simulator: Simulator;
  let store: EventStore;
  let beside: BuildBeside;
  let told: string[];
  beforeEach(async () => {
    directory = temporaryDirectory();
    simulator = await Simulator.start();
    store = await openEventStoreDb({ eventStoreDbUrl: simulator.url });
    const ledger = new Ledger(store);
    await ledger.funded('acme', '100', 'desk');
    await Promise.all(Array.from({ length: 1200 }, () => ledger.add('acme', 'desk', '0.01')));
    told = [];
  });
  afterEach(async () => {
    await beside.close();
    await store.close();
    await simulator.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const file = () => join(directory, 'built.db');
  const build = () => {
    const config: Config = {
      ...testConfig(directory),
      store: 'eventstoredb',
      eventStoreDbUrl: simulator.url,
    };
    beside = new BuildBeside(config, file(), (_level, message) => told.push(message));
  };

  it('are built in bulk, with the rows that event by event would have been written', async () => {
    build();
    await beside.until(() => beside.progress.live);
    await beside.close();

    expect(told).toContain('rebuild: read models built in bulk');
    const fresh = join(directory, 'fresh.db');
    await project(fresh, store, BUILT);
    expect(rowsIn(file())).toEqual(rowsIn(fresh));
  });

  it('are built event by event when one of the threads of the build ends', async () => {
    await store.append(
      mainAccountStream('acme'),
      [{ id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' }],
      1202,
    );
    build();
    await expect(beside.until(() => false)).rejects.toThrow('a projection stopped');

    expect(told).toContain(
      'rebuild: the read models could not be built in bulk; building them event by event',
    );
  });

  it('are let go of in a few seconds, also when the server does not answer', async () => {
    simulator.network.freeze();
    build();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const began = performance.now();
    await beside.close();

    expect(performance.now() - began).toBeLessThan(3000);
    simulator.network.thaw();
  }, 20_000);
});
