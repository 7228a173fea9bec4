import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { writingInTwo } from '../../src/projections/bulk/bulk-thread.js';
import { ProjectionsThread } from '../../src/projections/projections-thread.js';
import { fileBeside, removeReadModels } from '../../src/projections/read-models-file.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { killThread } from '../support/kill-thread.js';
import { Ledger } from '../support/ledger.js';
import { ReadSide, testConfig } from '../support/read-side.js';

describe('the supervisor of the read models', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
  });
  afterEach(() => side.remove());

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const worker = () => (side.supervisor as unknown as { thread?: { worker: Worker } }).thread?.worker;

  const until = async (condition: () => boolean) => {
    while (!condition()) await pause(5);
  };

  /** Writes over the pages of tables that hold their rows. */
  const damage = (...tables: string[]): void => {
    const db = openDatabase(side.file);
    const pages = db
      .prepare<{ pageno: number }>(
        `SELECT pageno FROM dbstat WHERE name IN (${tables.map((name) => `'${name}'`).join()}) AND pagetype = 'leaf'`,
      )
      .all();
    db.close();
    const file = openSync(side.file, 'r+');
    for (const { pageno } of pages)
      writeSync(file, Buffer.alloc(4096, 'garbage '), 0, 4096, (pageno - 1) * 4096);
    closeSync(file);
  };

  it('never lets two threads write one file, whatever dies and is rebuilt when', async () => {
    const obstacle = side.file.replace('.db', '.rebuild.db');
    const threads = new Set<Worker>();
    const watch = setInterval(() => worker() && threads.add(worker()!), 1);
    mkdirSync(obstacle);
    await killThread(worker()!);
    await expect(side.projections.rebuild()).rejects.toThrow(/director/);
    rmdirSync(obstacle);
    await pause(1000);
    await killThread(worker()!);
    await side.projections.rebuild();
    await pause(1000);
    clearInterval(watch);

    const alive = [...threads].map(({ threadId }) => threadId).filter((id) => id !== -1);
    expect(alive).toEqual([worker()!.threadId]);
    const { position } = await side.ledger.purchase('acme', '1');
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    expect(side.projections.ready).toBe(true);
  });

  it('builds them anew, with an alarm, when only a reader comes to a damaged page', async () => {
    for (let i = 0; i < 300; i += 1) await side.ledger.purchase('acme', '1', `booked-${i}`);
    await side.caughtUp();
    await side.close();
    damage('entries', 'command_keys');
    side = await ReadSide.start(side.dataDir);
    await side.caughtUp();

    expect(() => side.index.command('acme', 'booked-7')).toThrow(StoreUnavailable);
    await expect(side.ledger.purchase('acme', '1', 'booked-7')).rejects.toThrow(StoreUnavailable);
    while (side.projections.rebuildStatus.state === 'running') await pause(10);
    expect(side.projections.rebuildStatus.state).toBe('done');
    await side.caughtUp();
    expect((await side.history('acme')).entries.length).toBeGreaterThan(0);
    expect(side.index.command('acme', 'booked-7')).toBeDefined();
    expect(side.notes.alarms).toEqual([expect.stringMatching(/read models cannot be used/)]);

    side.models.onDamage?.('the new file is damaged too');
    expect(side.notes.alarms).toHaveLength(2);
    expect(side.projections.rebuildStatus.state).toBe('running');
  });

  it('builds them anew, with an alarm, when their thread comes to a damaged page', async () => {
    await side.close();
    damage('main_accounts');
    side = await ReadSide.start(side.dataDir);
    // It asks the log, so that nobody else reads the page.
    await new Ledger(side.store).purchase('acme', '1');

    await until(() => side.projections.rebuildStatus.state === 'done');
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('101.0000');
    expect(side.notes.alarms).toEqual([expect.stringMatching(/read models cannot be used/)]);
  });

  it('raises one alarm however often they are found of no use, and another once that was over', async () => {
    await side.close();
    damage('main_accounts');
    side = await ReadSide.start(side.dataDir);
    const obstacle = side.file.replace('.db', '.rebuild.db');
    mkdirSync(obstacle);
    const { position } = await new Ledger(side.store).purchase('acme', '1');
    const failed = new Set<string>();
    await until(() => {
      const status = side.projections.rebuildStatus;
      if (status.state === 'failed') failed.add(status.startedAt);
      return failed.size === 3;
    });
    expect(side.notes.alarms).toEqual([expect.stringMatching(/read models cannot be used/)]);

    rmdirSync(obstacle);
    await until(() => side.projections.ready);
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    expect(side.notes.alarms).toHaveLength(1);
    for (const alarms of [2, 3]) {
      mkdirSync(obstacle);
      worker()!.emit('message', { kind: 'unusable', reason: 'damaged anew' });
      expect(side.notes.alarms).toHaveLength(alarms);
      await until(() => side.projections.rebuildStatus.state === 'failed' && side.projections.ready);
      rmdirSync(obstacle);
    }
  });

  it('builds them in bulk, without an alarm, when most of a long log is still to come', async () => {
    const before = statSync(side.file).ino;
    const given = worker()!;
    given.emit('message', { kind: 'behind' });
    expect(side.projections.rebuildStatus.state).toBe('running');
    expect([side.projections.running, side.projections.ready]).toEqual([false, false]);
    const { position, receipt } = await side.ledger.purchase('acme', '1', 'meanwhile');
    expect((await side.ledger.purchase('acme', '1', 'meanwhile')).receipt).toBe(receipt);

    expect((await side.overview('acme', position)).available).toBe('101.0000');
    await until(() => side.projections.ready);
    expect(side.projections.rebuildStatus.state).toBe('done');
    expect(given.threadId).toBe(-1);
    expect(statSync(side.file).ino).not.toBe(before);
    expect(side.notes.alarms).toEqual([]);
  });

  it('lets the log be followed to its end where that build fails', async () => {
    const obstacle = side.file.replace('.db', '.rebuild.db');
    mkdirSync(obstacle);
    worker()!.emit('message', { kind: 'behind' });
    await until(() => side.projections.rebuildStatus.state === 'failed' && side.projections.ready);
    const following = worker()!;
    following.emit('message', { kind: 'behind' });

    expect(worker()).toBe(following);
    expect(side.projections.rebuildStatus.state).toBe('failed');
    const { position } = await side.ledger.purchase('acme', '1');
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    rmdirSync(obstacle);
  });

  it('lets the log be followed where one of them has stopped, as that build would', async () => {
    const following = worker()!;
    const at = { projection: 'accounts', stream: 'mainAccount-acme', position: 1n };
    following.emit('message', { kind: 'stopped', at });
    following.emit('message', { kind: 'behind' });

    expect(worker()).toBe(following);
    expect(side.projections.rebuildStatus.state).toBe('none');
  });

  it('lets a rebuild that runs already go on when most of the log is still to come', async () => {
    const rebuilt = side.projections.rebuild();
    const writing = worker()!;
    writing.emit('message', { kind: 'behind' });

    expect(worker()).toBe(writing);
    await rebuilt;
    await until(() => side.projections.ready);
  });

  it('calls them ready when a later thread gets past the event at which one has stopped', async () => {
    const at = { projection: 'accounts', stream: 'mainAccount-acme', position: 1n };
    worker()!.emit('message', { kind: 'stopped', at });
    expect(side.projections.ready).toBe(false);
    await killThread(worker()!);
    await until(() => side.projections.ready);
    expect(side.projections.stopped).toEqual([]);
  });

  it('puts no file in the place of one from which more was read', async () => {
    const seen = (await side.store.head()) + 1n;
    const positions = new Map([...side.supervisor.progress.positions.keys()].map((name) => [name, seen]));
    worker()!.emit('message', { kind: 'progress', positions, seen, live: true, streams: [] });
    const back: bigint[] = [];
    side.projections.onProgress(() => {
      const position = side.projections.position('accounts');
      if (position < seen) back.push(position);
    });
    const rebuilt = side.projections.rebuild();
    await until(() => worker() === undefined);
    await pause(2000);
    expect(side.projections.rebuildStatus.state).toBe('running');

    const { position } = await new Ledger(side.store).purchase('acme', '1');
    expect(position).toBe(seen);
    await rebuilt;
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    expect(back).toEqual([]);
  });

  it('keeps those in use where the new ones cannot take their place, and until it has them again says that it is not now', async () => {
    const before = statSync(side.file).ino;
    const rebuilt = side.projections.rebuild();
    const { beside } = side.supervisor as unknown as { beside: { thread: ProjectionsThread } };
    const gone = beside.thread.ended.then(() => rmSync(side.file.replace('.db', '.rebuild.db')));
    await expect(rebuilt).rejects.toThrow(/ENOENT.*rename/);
    await gone;
    expect(side.projections.rebuildStatus.state).toBe('failed');
    await expect(side.overview('acme')).rejects.toThrow(StoreUnavailable);
    expect(() => side.index.command('acme', 'booked')).toThrow(StoreUnavailable);

    const { position } = await new Ledger(side.store).purchase('acme', '1');
    await until(() => side.projections.ready);
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    expect(statSync(side.file).ino).toBe(before);
    expect(side.notes.alarms).toEqual([]);
    await side.projections.rebuild();
    expect((await side.overview('acme', position)).available).toBe('101.0000');
  });

  it('puts no file in their place of which a part is still beside it', async () => {
    const before = statSync(side.file).ino;
    const rebuilt = side.projections.rebuild();
    const { beside } = side.supervisor as unknown as { beside: { thread: ProjectionsThread } };
    const left = beside.thread.ended.then(() =>
      writeFileSync(side.file.replace('.db', '.rebuild.db-wal'), 'the last commits'),
    );
    await expect(rebuilt).rejects.toThrow(/was not closed well/);
    await left;
    await until(() => side.projections.ready);
    expect(statSync(side.file).ino).toBe(before);
  });

  it('raises one alarm while they cannot be opened', async () => {
    await side.close();
    removeReadModels(side.file);
    mkdirSync(side.file);
    side = await ReadSide.start(side.dataDir);
    await pause(3000);
    expect(side.notes.alarms).toEqual([expect.stringMatching(/projections ended/)]);
    rmdirSync(side.file);
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('100.0000');
  });

  it('raises one alarm each time that goes on, and none when their thread has died but once', async () => {
    const aside = `${side.file}.aside`;
    for (const alarms of [1, 2]) {
      await killThread(worker()!);
      renameSync(side.file, aside);
      mkdirSync(side.file);
      await until(() => side.notes.alarms.length === alarms);
      rmdirSync(side.file);
      renameSync(aside, side.file);
      await until(() => side.projections.ready);
    }
    await killThread(worker()!);
    await until(() => side.projections.ready);
    expect(side.notes.alarms).toEqual(Array(2).fill(expect.stringMatching(/projections ended/)));
  });

  it('empties nothing that was read from it, though the file does not fit the log any more', async () => {
    const { receipt } = await side.ledger.purchase('acme', '1', 'once');
    await side.caughtUp();
    const db = openDatabase(side.file);
    db.exec(`UPDATE checkpoints SET event_id = 'of another log'`);
    db.close();
    await killThread(worker()!);

    await until(() => {
      expect(side.index.command('acme', 'once')?.receipt).toBe(receipt);
      return side.projections.rebuildStatus.state === 'done';
    });
    expect(side.notes.alarms).toEqual([expect.stringMatching(/read models cannot be used/)]);
  });

  it.each([
    ['puts another file in its place', false],
    ['lets another thread write it', true],
  ])('%s only when the thread of a file that was given up has ended', async (_, inTheWay) => {
    const obstacle = side.file.replace('.db', '.rebuild.db');
    if (inTheWay) mkdirSync(obstacle);
    const [given, before] = [worker()!, statSync(side.file).ino];
    const letGo = holdReadModels(side.dataDir);
    const { position } = await side.ledger.purchase('acme', '1');
    // In the midst of which it waits for the file.
    await pause(300);
    side.models.onDamage!('damaged');
    await pause(2500);
    const then = {
      ended: given.threadId === -1,
      another: worker() !== undefined,
      file: statSync(side.file).ino,
    };
    letGo();

    expect(then).toEqual({ ended: false, another: false, file: before });
    await until(() => side.projections.ready);
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    if (inTheWay) rmdirSync(obstacle);
  });

  it('goes on with a file that it has given up where no other can be built, and no more with its thread', async () => {
    const obstacle = side.file.replace('.db', '.rebuild.db');
    mkdirSync(obstacle);
    const [given, before] = [worker()!, side.projections.position('accounts')];
    given.emit('message', { kind: 'unusable', reason: 'damaged' });
    const positions = new Map([['accounts', 1n]]);
    given.emit('message', { kind: 'progress', positions, seen: 1n, live: true, streams: [] });

    expect(side.projections.position('accounts')).toBe(before);
    await until(() => given.threadId === -1 && side.projections.ready);
    expect(side.projections.rebuildStatus.state).toBe('failed');
    const { position } = await side.ledger.purchase('acme', '1');
    expect((await side.overview('acme', position)).available).toBe('101.0000');
    rmdirSync(obstacle);
  });

  it('does not wait long for a reader from outside, neither at a rebuild nor at the end', async () => {
    const reader = openDatabase(side.file);
    reader.exec('BEGIN; SELECT count(*) FROM main_accounts');
    await side.ledger.purchase('acme', '1');
    await side.caughtUp();
    await side.projections.rebuild();
    const other = openDatabase(side.file);
    other.exec('BEGIN; SELECT count(*) FROM main_accounts');
    const { position } = await side.ledger.purchase('acme', '1');
    expect((await side.overview('acme', position)).available).toBe('102.0000');

    await side.supervisor.close();
    reader.close();
    other.close();
  });

  it('builds nothing any more for whoever has closed, neither in bulk nor event by event', async () => {
    const [config, file] = [testConfig(side.dataDir), side.file.replace('.db', '.rebuild.db')];
    const { writeBeside } = writingInTwo(config, async () => side.store);
    const closed = AbortSignal.abort(new Error('closed'));
    await expect(writeBeside(fileBeside(file), await side.store.head(), closed)).rejects.toThrow('closed');
    expect(existsSync(fileBeside(file))).toBe(false);

    const told: string[] = [];
    const options = { file, mayReset: true, inBulk: true };
    const thread = new ProjectionsThread(
      config,
      options,
      ({ kind }) => told.push(kind),
      () => undefined,
    );
    await thread.close();
    // At most that the build was done before it heard of it.
    expect(told).not.toContain('opened');
  });

  it('is told of no death of a thread that it has told to end', async () => {
    const file = side.file.replace('.db', '.other.db');
    const deaths: string[] = [];
    const thread = await new Promise<ProjectionsThread>((opened) => {
      const started: ProjectionsThread = new ProjectionsThread(
        testConfig(side.dataDir),
        { file, mayReset: true },
        ({ kind }) => kind === 'opened' && opened(started),
        (reason) => deaths.push(reason),
      );
    });
    await thread.close();
    expect(deaths).toEqual([]);
  });

  it('is told what was wrong with a file when its thread ends over it', async () => {
    const file = join(side.dataDir, 'rubbish.db');
    writeFileSync(file, 'rubbish '.repeat(1000));
    const reason = await new Promise<string>((died) => {
      const thread = new ProjectionsThread(
        testConfig(side.dataDir),
        { file, mayReset: false },
        () => undefined,
        died,
      );
      expect(thread).toBeDefined();
    });
    expect(reason).toBe('file is not a database');
  });

  it('tells of a log that lacks what was read from them, and leaves what follows to who is told', async () => {
    const told: string[] = [];
    side.supervisor.onRestored = (reason) => told.push(reason);
    worker()!.emit('message', { kind: 'restored', reason: 'its checkpoint is beyond the end' });
    expect(told).toEqual(['its checkpoint is beyond the end']);
    expect(side.projections.rebuildStatus.state).toBe('none');
  });

  it('begins no rebuild once it is closed, though its thread still finds the file of no use', async () => {
    const closed = side.supervisor.close();
    const { thread } = side.supervisor as unknown as { thread: { worker: Worker } };
    thread.worker.emit('message', { kind: 'unusable', reason: 'damaged' });
    await closed;
    expect(side.projections.rebuildStatus.state).toBe('none');
  });

  it('starts no thread and opens no file any more once it is closed, though a rebuild comes to its end', async () => {
    const rebuilt = side.projections.rebuild().catch(() => undefined);
    while (worker()) await pause(1);
    await side.supervisor.close();
    await rebuilt;
    await pause(300);
    expect([worker(), side.models.isOpen]).toEqual([undefined, false]);
  });

  it('can be closed while two threads build them anew', async () => {
    for (let i = 0; i < 20; i += 1)
      await Promise.all(Array.from({ length: 1000 }, () => side.ledger.purchase('acme', '1')));
    for (let wait = 0; wait < 50; wait += 10) {
      const rebuilt = side.projections.rebuild().catch(() => undefined);
      while (!existsSync(fileBeside(side.file.replace('.db', '.rebuild.db')))) await pause(1);
      await pause(wait);
      await side.close();
      await rebuilt;
      side = await ReadSide.start(side.dataDir);
    }
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('20100.0000');
  });
});
