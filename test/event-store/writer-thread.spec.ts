import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';
import { killThread } from '../support/kill-thread.js';
import { temporaryDirectory } from '../support/service.js';

const workerOf = (store: SqliteEventStore): Worker =>
  (store as unknown as { writer: { worker: Worker } }).writer.worker;

describe('the thread that writes a log', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    file = join(directory, 'events.db');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('calls the outcome unknown when it dies, and takes no more appends', async () => {
    const store = await SqliteEventStore.open(file);
    const streams = Array.from({ length: 50 }, newStream);
    const appends = Promise.allSettled(
      streams.map((stream) => store.append(stream, newEvents(1), 'no-stream')),
    );
    await new Promise(setImmediate);
    const late = store.append(newStream(), newEvents(1), 'no-stream').catch((error: unknown) => error);
    await killThread(workerOf(store));
    const ends = await appends;
    expect(ends.every((end) => end.status === 'fulfilled' || end.reason instanceof OutcomeUnknown)).toBe(
      true,
    );
    expect(await late).toBeInstanceOf(Error);
    await expect(store.append(newStream(), newEvents(1), 'no-stream')).rejects.toBeInstanceOf(
      StoreUnavailable,
    );
    await expect(store.check()).rejects.toThrow(/the writer of .*events\.db failed, restart the service/);
    await store.close();

    const again = await SqliteEventStore.open(file);
    for (const [at, end] of ends.entries()) {
      const { length } = await collect(again.readStream(streams[at]!));
      expect(end.status === 'rejected' || length === 1).toBe(true);
    }
    await again.close();
  });

  it('commits at once what comes alone, and together what comes while it commits', async () => {
    const store = await SqliteEventStore.open(file);
    const append = () => store.append(newStream(), newEvents(1), 'no-stream');
    // SQLite counts them in the header of the index of its write-ahead log.
    const commits = (): number => readFileSync(`${file}-shm`).readUInt32LE(8);
    const before = commits();
    for (let alone = 0; alone < 3; alone++) await append();
    expect(commits() - before).toBe(3);
    const appends = [];
    // No answer comes before this turn of the event loop ends.
    for (let at = 0; at < 20; at++) appends.push(await Promise.resolve([append()]));
    await Promise.all(appends.flat());
    expect(commits() - before).toBe(5);
    await store.close();
  });

  it('is believed when it cannot tell what became of an append', async () => {
    const store = await SqliteEventStore.open(file);
    const appended = store.append(newStream(), newEvents(1), 'no-stream');
    // By now the append is with it. That the disk fails at the last sync of a commit cannot be had for real.
    await Promise.resolve();
    const unknown = { kind: 'unknown', reason: 'the last sync failed' };
    workerOf(store).emit('message', { kind: 'results', results: [unknown] });
    await expect(appended).rejects.toBeInstanceOf(OutcomeUnknown);
    await store.close();
  });

  it('leaves nobody without an answer when it ends, and what it has never seen is surely not written', async () => {
    const store = await SqliteEventStore.open(file);
    const asked = Promise.allSettled([store.check(), store.append(newStream(), newEvents(1), 'no-stream')]);
    workerOf(store).emit('exit');
    for (const answer of await asked)
      expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    await store.close();
  });

  it('lets go of the file when it dies of a fault while it is closed', async () => {
    const store = await SqliteEventStore.open(file);
    workerOf(store).postMessage(null);
    await store.close();
    await (await SqliteEventStore.open(file)).close();
  });
});
