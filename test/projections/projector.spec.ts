import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { importEvents } from '../../src/audit/bundle-import.js';
import { START, type EventStore, type NewEvent } from '../../src/event-store/event-store.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import type { ThreadMessage } from '../../src/projections/messages.js';
import { Projector } from '../../src/projections/projector.js';
import { openReadModels } from '../../src/projections/read-models-file.js';
import { runProjections } from '../../src/projections/run-projections.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { LogBuilder, purchased } from '../audit/support/good-log.js';
import { newEvents } from '../contract/event-store.contract.js';
import { purchaseTwice } from '../support/key-used-twice.js';
import { Ledger } from '../support/ledger.js';
import {
  borrowed,
  dying,
  failing,
  project,
  PROJECTIONS,
  readModelsIn,
  rowsIn,
} from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';

const stopsIn = (messages: readonly ThreadMessage[]) =>
  messages.flatMap((message) => (message.kind === 'stopped' ? [message.at] : []));
const linesIn = (messages: readonly ThreadMessage[]) =>
  messages.flatMap((message) => (message.kind === 'log' ? [message.message] : []));

describe('the projector', () => {
  let directory: string;
  let file: string;
  let store: EventStore;
  let ledger: Ledger;
  beforeEach(async () => {
    directory = temporaryDirectory();
    file = readModelsIn(directory);
    store = await openTestStore();
    ledger = new Ledger(store);
    await ledger.funded('acme', '100', 'desk', 'attic');
    await ledger.add('acme', 'desk', '1.5');
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The rows that the whole log makes in a new file. */
  const rowsOfLog = async (log: EventStore = store) => {
    const fresh = join(directory, 'fresh.db');
    rmSync(fresh, { force: true });
    await project(fresh, log);
    return rowsIn(fresh);
  };

  it('goes on from its checkpoint, and the rows are those of a single run', async () => {
    await project(file, store);
    await ledger.removeAll('acme', 'desk');
    await ledger.purchase('acme', '7');
    await ledger.add('acme', 'attic', '2');
    await project(file, store);
    await project(file, store);

    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('commits rows and checkpoint together: nothing is lost or doubled by dying in between', async () => {
    await project(file, store);
    await ledger.add('acme', 'desk', '1');
    await expect(project(file, store, [dying(accountsProjection), conservationProjection])).rejects.toThrow(
      'disk I/O error',
    );
    await expect(project(file, store, [accountsProjection, dying(conservationProjection)])).rejects.toThrow(
      'disk I/O error',
    );
    await project(file, store);

    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('writes nothing on a full disk, says so, and goes on when there is room again', async () => {
    await project(file, store);
    const before = rowsIn(file);
    for (let i = 0; i < 100; i += 1) await ledger.purchase('acme', '1');
    const db = openReadModels(file);
    const pages = db.prepare<{ page_count: number }>('PRAGMA page_count').get()!.page_count;
    const run = async (most: number) => {
      db.exec(`PRAGMA max_page_count = ${most}`);
      const end = new AbortController();
      const projector = new Projector(db, store, PROJECTIONS, () => end.abort());
      await projector.run(end.signal);
    };
    await expect(run(pages + 2)).rejects.toThrow('database or disk is full');
    expect(rowsIn(file)).toEqual(before);
    await run(100_000);
    db.close();
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('drops what a projection has seen when another is behind', async () => {
    await project(file, store, [accountsProjection]);
    await project(file, store);

    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('stops a projection at an event that fails, names it, keeps what is before it, lets the others go on', async () => {
    const at = (await ledger.events('acme'))[3]!;
    const failure = ({ id }: { id: string }) => (id === at.id ? new Error('no') : undefined);
    const messages = await project(file, store, [
      failing(accountsProjection, failure),
      conservationProjection,
    ]);

    expect(stopsIn(messages)).toEqual([
      {
        projection: 'accounts',
        stream: 'mainAccount-acme',
        revision: 3,
        eventId: at.id,
        type: 'SipAccountAdded',
        position: 4n,
        error: 'Error: no',
      },
    ]);
    expect(rowsIn(file)['main_accounts']).toEqual([expect.arrayContaining(['acme', '100.0000', 2])]);
    expect(rowsIn(file)['entries']).toHaveLength(3);
    expect(rowsIn(file)['conservation']).toEqual([expect.arrayContaining(['acme', '985000', 4])]);
  });

  it('blames no event for a fault of the disk, also where one is to blame for what went before', async () => {
    const failed = failing(accountsProjection, () => new Error('no'));
    await expect(project(file, store, [failed, dying(conservationProjection)])).rejects.toThrow(
      'disk I/O error',
    );
  });

  it('goes on to the end of the log where another stops, though the last events there were erased', async () => {
    const [at] = await ledger.events('acme');
    const failure = ({ id }: { id: string }) => (id === at!.id ? new Error('no') : undefined);
    await store.append('profile-acme', newEvents(1), 'no-stream');
    await store.deleteStream('profile-acme');
    await project(file, store, [failing(accountsProjection, failure), conservationProjection]);

    const head = Number(await store.head());
    expect(rowsIn(file)['checkpoints']).toEqual([
      expect.arrayContaining(['accounts', 0]),
      expect.arrayContaining(['conservation', head]),
    ]);
  });

  it('stops again at the next start, and goes on once the event can be applied', async () => {
    const broken = [
      failing(accountsProjection, ({ revision }) => (revision > 1 ? new Error('no') : undefined)),
    ];
    const first = await project(file, store, broken);
    const second = await project(file, store, broken);
    await project(file, store);

    expect(stopsIn(second)).toEqual(stopsIn(first));
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('never skips an event that nobody can read', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await store.append(mainAccountStream('acme'), [event], 4);
    await new Ledger(store).open('other');
    const stops = stopsIn(await project(file, store));

    expect(stops.map(({ projection, eventId }) => [projection, eventId])).toEqual([
      ['accounts', event.id],
      ['conservation', event.id],
    ]);
    expect(stops[0]!.error).toMatch('cannot read CreditVanished');
  });

  it('stops at an event that does not link to the one before it', async () => {
    const [, purchase] = await ledger.events('acme');
    const metadata = JSON.stringify({
      ...(JSON.parse(purchase!.metadata) as object),
      idempotencyKey: 'forged',
    });
    const forged: NewEvent = { ...purchase!, id: crypto.randomUUID(), metadata };
    await store.append(mainAccountStream('acme'), [forged], 4);

    expect(stopsIn(await project(file, store)).map(({ error }) => error)).toEqual([
      expect.stringMatching(/^BrokenChain: previousHash/),
    ]);
  });

  it('stops at an event that its rows have no place for, such as the first of an account that was not opened', async () => {
    const log = new LogBuilder();
    await store.append(mainAccountStream('other'), [log.add('other', purchased('1.0000'))], 'no-stream');

    expect(stopsIn(await project(file, store))).toEqual([
      expect.objectContaining({ projection: 'accounts', stream: 'mainAccount-other', revision: 0 }),
    ]);
  });

  it('stops at an event whose key was booked before, though nothing else is wrong with it', async () => {
    const twice = await purchaseTwice(store, ledger, 'acme');

    expect(stopsIn(await project(file, store))).toEqual([
      expect.objectContaining({ projection: 'accounts', revision: 5, eventId: twice.id }),
    ]);
  });

  it('leaves streams alone that are none of the ledger', async () => {
    const event = { id: crypto.randomUUID(), type: 'Something', data: '{}', metadata: '{}' };
    await store.append('other-1', [event], 'no-stream');
    await ledger.add('acme', 'desk', '1');

    expect(stopsIn(await project(file, store))).toEqual([]);
  });

  it('knows the log again by its last event, however many others came after that one by one', async () => {
    const end = new AbortController();
    let left = 3;
    const report = (message: ThreadMessage): void => {
      if (message.kind !== 'progress' || !message.live) return;
      if (left === 0) return end.abort();
      left -= 1;
      void store.append(`other-${left}`, newEvents(1), 'no-stream');
    };
    const options = { file, mayReset: true };
    await runProjections(options, PROJECTIONS, async () => borrowed(store), report, end.signal);

    expect(linesIn(await project(file, store))).toEqual(['read models have reached the end of the log']);
  });

  it('says so when after some seconds more than half of the log is still to come, and only then', async () => {
    for (let thousands = 0; thousands < 33; thousands += 1)
      await Promise.all(Array.from({ length: 1000 }, () => ledger.purchase('acme', '1')));
    const behind = async () => {
      rmSync(file, { force: true });
      return (await project(file, store)).filter(({ kind }) => kind === 'behind').length;
    };
    expect(await behind()).toBe(0);
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 4000));
    // Of three batches the first is less than half of it.
    expect(await behind()).toBe(1);
    clock.mockRestore();
  });

  it('starts again from checkpoints of an earlier form, by which it does not know the log', async () => {
    await project(file, store);
    const rows = rowsIn(file);
    const db = openDatabase(file);
    db.exec(`ALTER TABLE checkpoints RENAME COLUMN event_position TO stream;
      ALTER TABLE checkpoints ADD COLUMN revision INTEGER`);
    db.close();

    expect(linesIn(await project(file, store))).toEqual(['read models have reached the end of the log']);
    expect(rowsIn(file)).toEqual(rows);
  });

  it('notices a shorter log and starts again from it', async () => {
    await project(file, store);
    const restored = await openTestStore();
    await new Ledger(restored).open('acme');
    const messages = await project(file, restored);

    expect(linesIn(messages)[0]).toMatch(
      /accounts does not fit the log: .* beyond the end of the log at 1; rebuilding/,
    );
    expect(rowsIn(file)).toEqual(await rowsOfLog(restored));
    await restored.close();
  });

  it('starts again only once from a log that holds nothing of the ledger', async () => {
    await project(file, store);
    const restored = await openTestStore();
    await restored.append('profile-acme', newEvents(1), 'no-stream');
    await project(file, restored);

    expect(linesIn(await project(file, restored))).toEqual(['read models have reached the end of the log']);
    await restored.close();
  });

  it('notices another log of the same length', async () => {
    await project(file, store);
    const other = await openTestStore();
    await new Ledger(other).funded('acme', '7', 'desk', 'attic', 'cellar');
    const messages = await project(file, other);

    expect(linesIn(messages)[0]).toMatch('the log does not hold event');
    expect(rowsIn(file)).toEqual(await rowsOfLog(other));
    await other.close();
  });

  it('notices a log that goes on with an event of the ledger where it has seen none', async () => {
    const restored = await openTestStore();
    await importEvents(restored, store.readAll(START));
    await store.append('profile-acme', newEvents(1), 'no-stream');
    await project(file, store);
    await new Ledger(restored).purchase('acme', '7');
    const messages = await project(file, restored);

    expect(linesIn(messages)[0]).toMatch(/ at 6 is not in it, though its checkpoint is 6; rebuilding/);
    expect(rowsIn(file)).toEqual(await rowsOfLog(restored));
    await restored.close();
  });

  it('empties nothing that may be in use', async () => {
    await project(file, store);
    const before = rowsIn(file);
    const restored = await openTestStore();
    const messages = await project(file, restored, PROJECTIONS, false);

    expect(messages).toEqual([{ kind: 'restored', reason: expect.stringMatching('does not fit the log') }]);
    expect(rowsIn(file)).toEqual(before);
    await restored.close();
  });

  it('rebuilds a projection whose schema has changed', async () => {
    await project(file, store);
    const schema = accountsProjection.schema + 1;
    await project(file, store, [{ ...accountsProjection, schema }, conservationProjection]);

    expect(rowsIn(file)['entries']).toEqual((await rowsOfLog())['entries']);
    expect(rowsIn(file)['checkpoints']).toContainEqual(expect.arrayContaining(['accounts', schema, 5]));
  });

  it('touches as many rows for an account with 10 000 SIP accounts as for one with two', async () => {
    await ledger.funded('huge', '100');
    await Promise.all(Array.from({ length: 10_000 }, (_, i) => ledger.addSip('huge', `s${i}`)));
    const db = openReadModels(file);
    const rows = async (event: () => Promise<unknown>) => {
      const changes = () => (db.prepare('SELECT total_changes() AS n').get() as { n: number }).n;
      const before = changes();
      await event();
      const end = new AbortController();
      const projector = new Projector(db, store, PROJECTIONS, (message) => {
        if (message.kind === 'progress' && message.live) end.abort();
      });
      await projector.run(end.signal);
      return changes() - before;
    };
    await rows(async () => undefined);
    const small = await rows(() => ledger.add('acme', 'desk', '1'));
    const huge = await rows(() => ledger.add('huge', 's7777', '1'));
    db.close();

    expect(huge).toBe(small);
    expect(huge).toBeLessThan(10);
  });
});
