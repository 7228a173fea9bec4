import { existsSync, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EraseNamesCommand, EraseNamesHandler } from '../../src/profiles/erase-names.js';
import { profileStream } from '../../src/profiles/profile-events.js';
import { Profiles } from '../../src/profiles/profiles.js';
import { ReadModelBehind } from '../../src/projections/errors.js';
import { namesProjection } from '../../src/projections/names/names-projection.js';
import { openDatabase, openReadOnly } from '../../src/sqlite/database.js';
import { killThread } from '../support/kill-thread.js';
import { openTestStore } from '../support/sqlite.js';
import { project } from '../support/projecting.js';
import { ReadSide } from '../support/read-side.js';

const context = { actor: 'key:1', correlationId: 'c-1' };

describe('names that were erased', () => {
  let side: ReadSide;
  let profiles: Profiles;
  beforeEach(async () => {
    side = await ReadSide.start(undefined, 500);
    profiles = new Profiles(side.store);
  });
  afterEach(() => side.remove());

  const name = (mainAccountId: string, sipAccountId: string, to: string) =>
    profiles.name({ mainAccountId, sipAccountId, name: to }, context);
  const erase = (mainAccountId: string) =>
    new EraseNamesHandler(profiles, side.projections).execute(new EraseNamesCommand(mainAccountId, context));
  const heldByFiles = (names: readonly string[]): string[] => {
    const files = [side.file, `${side.file}-wal`].filter((file) => existsSync(file));
    const bytes = files.map((file) => readFileSync(file, 'latin1').toLowerCase()).join('');
    return names.filter((each) => bytes.includes(each.toLowerCase()));
  };
  /** The same numbers at every run, in no order: pages of the file are split where it comes. */
  let seed = 12345;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  const word = (): string =>
    Array.from({ length: 3 + random(12) }, () => String.fromCharCode(97 + random(26))).join('');

  it('are in no page of the file, also where pages were split and names given anew', async () => {
    const given = new Map<string, string[]>();
    for (let i = 0; i < 2500; i += 1) {
      const account = `acc-${random(60)}`;
      const mark = `q${i}z`;
      given.set(account, [...(given.get(account) ?? []), mark]);
      await name(account, `s${random(40)}`, `${mark}${word()} ${word()} ${word()}`);
    }
    await side.projections.waitFor('names', await side.store.head(), 20_000);
    const erased = [...given].filter((_, i) => i % 2 === 0);
    for (const [account] of erased) await erase(account);

    expect(heldByFiles(erased.flatMap(([, names]) => names))).toEqual([]);
    const rows = side.models.query<{ n: number }>('SELECT count(*) AS n FROM names').get();
    expect(rows?.n).toBeGreaterThan(50);
  });

  it('are said to be gone only when nobody who reads the file keeps them in its log', async () => {
    await side.projections.waitFor('names', await name('acme', 'desk', 'Zerbrowskaja'));
    const reader = openReadOnly(side.file);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM names').get();
    const answer = await erase('acme').catch((error: unknown) => error);
    const heldThen = heldByFiles(['Zerbrowskaja']);
    reader.exec('COMMIT');
    reader.close();
    expect(answer).toBeInstanceOf(ReadModelBehind);
    expect(heldThen).not.toEqual([]);

    await side.projections.waitFor('names', await side.store.head(), 5000);
    expect(heldByFiles(['Zerbrowskaja'])).toEqual([]);
  });

  it('are not said to be gone by a thread that starts while somebody still keeps them', async () => {
    await side.projections.waitFor('names', await name('acme', 'desk', 'Zerbrowskaja'));
    const reader = openReadOnly(side.file);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM names').get();
    await expect(erase('acme')).rejects.toThrow(ReadModelBehind);
    await killThread((side.supervisor as unknown as { thread: { worker: Worker } }).thread.worker);
    await new Promise((resolve) => {
      const done = side.projections.onProgress(() => side.projections.ready && resolve(done()));
    });

    const head = await side.store.head();
    await expect(side.projections.waitFor('names', head)).rejects.toThrow(ReadModelBehind);
    expect(heldByFiles(['Zerbrowskaja'])).not.toEqual([]);
    reader.exec('COMMIT');
    reader.close();
    await side.projections.waitFor('names', head, 5000);
    expect(heldByFiles(['Zerbrowskaja'])).toEqual([]);
    expect(side.notes.alarms).toEqual([]);
  });

  it('are gone also when somebody tombstones their stream in EventStoreDB', () => {
    const db = openDatabase(':memory:');
    db.exec(namesProjection.ddl);
    const writer = namesProjection.open(db);
    const record = (position: bigint, mainAccountId: string, type: string, data = '{}'): void => {
      const stream = profileStream(mainAccountId);
      const id = crypto.randomUUID();
      writer.applyOther?.({ stream, revision: 0, position, id, type, data, metadata: '{}' });
    };
    for (const account of ['acme', 'other'])
      record(1n, account, 'SipAccountNamed', '{"sipAccountId":"desk","name":"Zerbrowskaja"}');
    record(2n, 'acme', '$streamDeleted');
    writer.flush();

    for (const table of ['names', 'name_tails'])
      expect(db.prepare(`SELECT DISTINCT main_account_id AS id FROM ${table}`).all()).toEqual([
        { id: 'other' },
      ]);
    db.close();
  });

  it('are overwritten also when the read model is emptied to be made anew', async () => {
    await side.projections.waitFor('names', await name('acme', 'desk', 'Zerbrowskaja'));
    await side.supervisor.close();
    const other = await openTestStore();
    await project(side.file, other, [namesProjection]);
    await other.close();

    const db = openDatabase(side.file);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    expect(heldByFiles(['Zerbrowskaja'])).toEqual([]);
  });
});
