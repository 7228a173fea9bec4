import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PAGE } from '../../src/event-store/sqlite/event-pages.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { Profiles } from '../../src/profiles/profiles.js';
import { buildInBulk, writeBesideFile, type BuildThreads } from '../../src/projections/bulk/bulk-build.js';
import { BUILT } from '../../src/projections/bulk/parts.js';
import type { ThreadMessage } from '../../src/projections/messages.js';
import { purchaseTwice } from '../support/key-used-twice.js';
import { Ledger } from '../support/ledger.js';
import { accountsOfOneHash } from '../support/one-hash.js';
import { borrowed, project, rowsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';

type WriteBeside = NonNullable<BuildThreads['writeBeside']>;

const context = { actor: 'key:1', correlationId: 'c-1' };

describe('read models that are built in bulk', () => {
  let directory: string;
  let file: string;
  let store: EventStore;
  let ledger: Ledger;
  beforeEach(async () => {
    directory = temporaryDirectory();
    file = join(directory, 'built.db');
    store = await openTestStore();
    ledger = new Ledger(store);
    for (const account of ['acme', 'other']) await ledger.funded(account, '100', 'desk', 'attic');
    const profiles = new Profiles(store);
    for (const mainAccountId of ['acme', 'other'])
      await profiles.name({ mainAccountId, sipAccountId: 'desk', name: 'Zoë Quill' }, context);
    await profiles.erase('other', context);
    for (let i = 0; i < 40; i += 1) await ledger.add('acme', i % 3 === 0 ? 'attic' : 'desk', '0.5');
    await ledger.removeAll('acme', 'desk');
    for (const account of accountsOfOneHash('2026-11')) await ledger.open(account, '2026-11');
    const unrelated = { type: 'Something', data: '{}', metadata: '{}' };
    const deleted = { ...unrelated, id: crypto.randomUUID(), type: '$streamDeleted' };
    await store.append(mainAccountStream('gone'), [deleted], 'no-stream');
    await store.append('other-1', [{ ...unrelated, id: crypto.randomUUID() }], 'no-stream');
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const beside: WriteBeside = (besideFile, until, signal) =>
    writeBesideFile(besideFile, until, async () => borrowed(store), signal);
  const build = async (
    writeBeside: WriteBeside | 'no other thread' = beside,
    signal = new AbortController().signal,
  ) => {
    const messages: ThreadMessage[] = [];
    const openLog = async () => borrowed(store);
    const threads = writeBeside === 'no other thread' ? { openLog } : { openLog, writeBeside };
    await buildInBulk(file, threads, (message) => messages.push(message), signal);
    return messages.map((message) => {
      if (message.kind !== 'log') return message.kind;
      const { reason } = message.fields;
      return reason === undefined ? message.message : `${message.message}: ${String(reason)}`;
    });
  };
  const filesThere = () => readdirSync(directory);
  /** The rows that event by event come of the log. */
  const rowsOfLog = async () => {
    const fresh = join(directory, 'fresh.db');
    await project(fresh, store, BUILT);
    return rowsIn(fresh);
  };

  it('have the rows that event by event would have been written', async () => {
    expect(await build()).toEqual(['read models built in bulk']);
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it.each([['two threads', beside] as const, ['one thread', 'no other thread'] as const])(
    'have them all where the log takes several pages, by %s',
    async (_, writeBeside) => {
      await Promise.all(Array.from({ length: 2 * PAGE }, () => ledger.purchase('acme', '1')));

      expect(await build(writeBeside)).toEqual(['read models built in bulk']);
      expect(rowsIn(file)).toEqual(await rowsOfLog());
    },
  );

  it('are told of, every few seconds, until they are built', async () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 4000));
    expect(await build()).toEqual(['read models catching up', 'read models built in bulk']);
    clock.mockRestore();
  });

  it('hold names, and what is written beside, which is let go without being overwritten, holds none', async () => {
    let written = '';
    const looks: WriteBeside = async (besideFile, until, signal) => {
      await beside(besideFile, until, signal);
      written = readFileSync(besideFile, 'latin1');
    };
    expect(await build(looks)).toEqual(['read models built in bulk']);

    expect(readFileSync(file, 'latin1')).toMatch(/quill/i);
    expect(written).toMatch(/command_keys/);
    expect(written).not.toMatch(/quill/i);
  });

  it('are followed on from where the log ended', async () => {
    await build();
    await ledger.add('acme', 'desk', '1');
    await project(file, store, BUILT);

    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('take an empty log for one', async () => {
    await store.close();
    store = await openTestStore();

    expect(await build()).toEqual(['read models built in bulk']);
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  const left = 'the read models could not be built in bulk; building them event by event: ';

  it('are left to a run event by event when an event cannot be read', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await store.append(mainAccountStream('other'), [event], 3);

    expect(await build()).toEqual([`${left}cannot read CreditVanished {}`]);
    expect(filesThere()).toEqual([]);
  });

  it('are left to a run event by event when a key was used twice', async () => {
    await purchaseTwice(store, ledger, 'acme');

    for (const writeBeside of [beside, 'no other thread'] as const)
      expect(await build(writeBeside)).toEqual([`${left}its key was used at position 2`]);
    expect(filesThere()).toEqual([]);
  });

  it('are left to a run event by event when the other thread has read less of the log', async () => {
    const less: WriteBeside = (besideFile, until, signal) => beside(besideFile, until - 3n, signal);

    expect(await build(less)).toEqual([
      expect.stringMatching('one thread read up to event .*, the other up to'),
    ]);
    expect(filesThere()).toEqual([]);
  });

  it('leave no file when the other thread dies, or when the service closes', async () => {
    const dies: WriteBeside = async () => {
      throw new Error('out of memory');
    };
    expect(await build(dies)).toEqual([`${left}out of memory`]);
    expect(await build(beside, AbortSignal.abort())).toEqual([]);
    expect(filesThere()).toEqual([]);
  });

  it('are given up when the log cannot be read', async () => {
    let closed = false;
    const openLog = async () => ({
      head: () => store.head(),
      readAll: (): never => {
        throw new Error('the disk is full');
      },
      close: async () => void (closed = true),
    });
    const messages: ThreadMessage[] = [];
    const { signal } = new AbortController();
    for (const threads of [{ openLog, writeBeside: beside }, { openLog }])
      await buildInBulk(file, threads, (message) => messages.push(message), signal);

    const failed = { kind: 'log', fields: { reason: 'the disk is full' } };
    expect(messages).toMatchObject([failed, failed]);
    expect(closed).toBe(true);
    expect(filesThere()).toEqual([]);
  });

  it('are given up in both threads as soon as one of them fails', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await store.append(mainAccountStream('other'), [event], 3);
    const dies: WriteBeside = () => Promise.reject(new Error('out of memory'));
    let ended = false;
    const waits: WriteBeside = async (_file, _until, signal) => {
      await once(signal, 'abort');
      await new Promise(setImmediate);
      ended = true;
    };

    expect(await build(dies)).toEqual([`${left}out of memory`]);
    expect(await build(waits)).toEqual([`${left}cannot read CreditVanished {}`]);
    expect(ended).toBe(true);
  });
});
