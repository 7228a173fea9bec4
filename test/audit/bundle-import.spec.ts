import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importEvents } from '../../src/audit/bundle-import.js';
import { BundleReader } from '../../src/audit/bundle-reader.js';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { MAX_APPEND } from '../../src/event-store/event-store.js';
import { openTestStore } from '../support/sqlite.js';
import { ALL, bundledLog } from './support/bundled-log.js';
import { goodLog, LogBuilder, opened, purchased } from './support/good-log.js';
import { logOf, storeLog } from './support/stored-log.js';

const good = bundledLog();

const exported = (selection = ALL) => writeBundle(good.store, good.file, { selection });

describe('the import of a bundle', () => {
  it('brings back every event in its place, keys and hashes included', async () => {
    await exported();
    const copy = await openTestStore();
    expect(await importEvents(copy, new BundleReader(good.file).events())).toBe(16);
    expect(await logOf(copy)).toEqual(await logOf(good.store));
    await copy.close();
  });

  it('brings back more events of an account than one append takes, and tells how many have been seen', async () => {
    const builder = new LogBuilder();
    builder.add('erin', opened);
    for (let i = 1; i <= MAX_APPEND; i++) builder.add('erin', purchased('0.0001'));
    async function* pages() {
      for (let from = 0; from < builder.events.length; from += 100)
        yield builder.events.slice(from, from + 100);
    }
    const copy = await openTestStore();
    const append = copy.append.bind(copy);
    const appended: number[] = [];
    copy.append = (stream, events, expected) => {
      appended.push(events.length);
      return append(stream, events, expected);
    };
    expect(await importEvents(copy, pages())).toBe(MAX_APPEND + 1);
    expect(appended).toEqual([MAX_APPEND, 1]);
    expect(await logOf(copy)).toEqual(builder.events);
    const told: number[] = [];
    expect(await importEvents(copy, pages(), (events) => told.push(events))).toBe(0);
    expect(told).toEqual([100, 200, 300, 400, MAX_APPEND + 1]);
    await copy.close();
  });

  it('goes on where one was broken off', async () => {
    await exported();
    const copy = await openTestStore();
    await storeLog(copy, goodLog().slice(0, 5));
    expect(await importEvents(copy, new BundleReader(good.file).events())).toBe(11);
    expect(await logOf(copy)).toEqual(await logOf(good.store));
    await copy.close();
  });

  it('starts nothing more after an append that failed, so that it leaves no gap', async () => {
    const log = ['alice', 'bob', 'carol', 'dave'].map((account) => {
      const builder = new LogBuilder();
      builder.add(account, opened);
      return builder.events;
    });
    const copy = await openTestStore();
    const other = { id: randomUUID(), type: 'Other', data: '{}', metadata: '{}' };
    async function* pages() {
      yield log[0] ?? [];
      yield log[1] ?? [];
      // Somebody else wrote to the stream of bob, whose append now fails.
      await copy.append('mainAccount-bob', [other], 'no-stream');
      yield log[2] ?? [];
      // Written behind the append that fails, so that the failure is known by then.
      await copy.append('other', [{ ...other, id: randomUUID() }], 'no-stream');
      yield log[3] ?? [];
    }
    await expect(importEvents(copy, pages())).rejects.toThrow('mainAccount-bob');
    expect((await logOf(copy)).map(({ stream }) => stream)).toEqual([
      'mainAccount-alice',
      'mainAccount-bob',
      'other',
    ]);
    await copy.close();
  });

  it.each([
    ['id', randomUUID()],
    ['type', 'CreditReclaimed'],
    ['data', '{"currency":"USD"}'],
    ['metadata', '{}'],
    ['stream', 'mainAccount-carol'],
  ])('is refused by a store whose event has another %s', async (member, value) => {
    const [first, ...rest] = goodLog();
    const other = await openTestStore();
    await storeLog(other, [{ ...first!, [member]: value }]);
    async function* pages() {
      yield [first!, ...rest];
    }
    await expect(importEvents(other, pages())).rejects.toThrow("not the bundle's");
    await other.close();
  });

  it('is refused by a store that holds something else', async () => {
    await exported({ mainAccounts: ['bob'], until: null });
    await expect(importEvents(good.store, new BundleReader(good.file).events())).rejects.toThrow(
      /is not the bundle's.*empty the store and import again/,
    );
    const longer = await openTestStore();
    await storeLog(longer, goodLog());
    rmSync(good.file);
    await exported({ mainAccounts: null, until: '2026-03-01T12:00:00.003Z' });
    await expect(importEvents(longer, new BundleReader(good.file).events())).rejects.toThrow(
      'more than the bundle',
    );
    await longer.close();
  });
});
