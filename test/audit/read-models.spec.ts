import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { Findings, type Check } from '../../src/audit/findings.js';
import { ReadModelAudit } from '../../src/audit/read-models/read-model-audit.js';
import { BODY } from '../../src/projections/accounts/entry-body.js';
import { BUILT } from '../../src/projections/bulk/parts.js';
import { openDatabase, query } from '../../src/sqlite/database.js';
import { accountsOfOneHash } from '../support/one-hash.js';
import { project, readModelsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';
import { added, allocated, LogBuilder, opened, purchased, reclaimed } from './support/good-log.js';
import { storeLog } from './support/stored-log.js';

/** More events than a tile of the tree holds, and than one of an account and of a SIP account do. */
function longLog(): LogBuilder {
  const log = new LogBuilder();
  for (const event of [
    opened,
    added('s'),
    allocated('s', '3.0000'),
    allocated('s', '1.0000'),
    purchased('9.0000'),
  ])
    log.add('broken', event);
  for (const account of ['full', 'other'])
    for (const event of [opened, purchased('100.0000'), added('s-1'), added('s-2')]) log.add(account, event);
  for (let turn = 0; turn < 20; turn++)
    for (const event of [allocated('s-1', '1.0000'), reclaimed('s-1', '1.0000'), purchased('0.0001')])
      log.add('full', event);
  for (let turn = 0; turn < 200; turn++) log.add('other', purchased('0.0001'));
  return log;
}

const log = longLog();
let directory: string;
let built: string;
let file: string;
let copies = 0;

beforeAll(async () => {
  directory = temporaryDirectory();
  built = readModelsIn(directory);
  await projectLog(built, log);
});
beforeEach(() => {
  file = join(directory, `${++copies}.db`);
  copyFileSync(built, file);
});
afterAll(() => rmSync(directory, { recursive: true }));

async function projectLog(to: string, { events }: LogBuilder): Promise<void> {
  const store = await openTestStore();
  await storeLog(store, events);
  await project(to, store, BUILT);
  await store.close();
}

function change(sql: string): void {
  const db = openDatabase(file);
  db.exec(sql);
  db.close();
}

/** Lists also what comes after the first finding of a stream. */
class AllFindings extends Findings {
  readonly messages: string[] = [];
  override add(check: Check, message: string): void {
    if (check === 'read-model') this.messages.push(message);
  }
}

/** What is found in the file; `meanwhile` happens once it is opened. */
async function found(events = log.events, meanwhile = () => {}): Promise<readonly string[]> {
  const findings = new AllFindings();
  const readModels = new ReadModelAudit(file, findings);
  meanwhile();
  async function* pages() {
    yield events;
  }
  await audit(pages, { witnesses: readModels.witnesses }, findings);
  readModels.close();
  return findings.messages;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

const columnsOf = (table: string): Column[] => {
  const db = openDatabase(file);
  const columns = db.prepare<Column>(`SELECT name, type FROM pragma_table_info('${table}')`).all();
  db.close();
  return columns;
};

/** By which the rows of a table are found, where they are compared column by column. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  main_accounts: ['main_account_id'],
  sip_accounts: ['main_account_id', 'sip_account_id'],
  entries: ['position', 'account'],
  entry_tiles: ['account', 'tile'],
  sip_entry_tiles: ['account', 'sip_account', 'first'],
  conservation: ['main_account_id'],
};

const comparedIn = (table: string) => columnsOf(table).filter(({ name }) => !KEYS[table]?.includes(name));

function another({ name, type }: Column): string {
  if (name === 'body')
    return `json_array(${BODY.map((_, place) => `coalesce(body ->> ${place}, '') || '1'`).join()})`;
  if (type === 'BLOB') return `randomblob(length(${name}))`;
  return type === 'TEXT' ? `coalesce(${name}, '') || '1'` : `coalesce(${name}, 0) + 1000`;
}

describe('the comparison of the read models with the log', () => {
  it('finds nothing where they say what the log does, with full tiles and a breach', async () => {
    expect(await found()).toEqual([]);
    const db = openDatabase(file);
    for (const [table, rows] of Object.entries({ entry_tiles: 16, sip_entry_tiles: 2, tree_tiles: 3 }))
      expect(query(db, `SELECT count(*) FROM ${table}`).get()).toEqual([rows]);
    expect(query(db, 'SELECT broken_revision FROM conservation WHERE broken_by IS NOT NULL').all()).toEqual([
      [2],
    ]);
    db.close();
  });

  it('names every column that says something else', async () => {
    for (const table of Object.keys(KEYS)) {
      const values = comparedIn(table).map((column) => `${column.name} = ${another(column)}`);
      change(`UPDATE ${table} SET ${values.join()}`);
    }
    const named = (await found()).map((message) => message.replace(/^(\w+) .*: (\w+) is .*/s, '$1.$2'));
    const ofEntries = columnsOf('history').filter(({ name }) => !KEYS['entries']?.includes(name));
    const expected = Object.keys(KEYS).flatMap((table) =>
      table === 'entries'
        ? ofEntries.map(({ name }) => `history.${name}`)
        : comparedIn(table).map(({ name }) => `${table}.${name}`),
    );
    expect(new Set(named)).toEqual(new Set(expected));
  });

  it.each([
    ['hashes', 'hashes = randomblob(length(hashes)) WHERE level = 0 AND place = 0', '0 0'],
    ['hashes', 'hashes = randomblob(length(hashes)) WHERE level = 0 AND place = 1', '0 1'],
    ['hashes', 'hashes = randomblob(length(hashes)) WHERE level = 1', '1 0'],
    ['positions', 'positions = randomblob(length(positions)) WHERE place = 1', '0 1'],
    ['first position', 'first_position = first_position + 1 WHERE place = 1', '0 1'],
  ])('names the tile of the tree with other %s', async (_, assignment, tile) => {
    change(`UPDATE tree_tiles SET ${assignment}`);
    expect(await found()).toEqual([`tree_tiles ${tile} is not what the log makes`]);
  });

  it('finds nothing where keys have any form, and two of them one hash', async () => {
    const keys = new LogBuilder();
    for (const account of accountsOfOneHash('2026-11')) keys.add(account, opened, '2026-11');
    const [v4, v7] = ['9b2f3c1e-7d0a-4c55-8a11-2f6e0d9c4b7a', '0192f3a4-5b6c-7d0a-8c55-a112f6e0d9c4'];
    for (const key of ['x', 'xy', '/', 'order-42', v4, v7, `${v7}-0`, '7'.repeat(36)])
      keys.add('customer-0', purchased('1.0000'), key);
    file = join(directory, 'keys.db');
    await projectLog(file, keys);
    expect(await found(keys.events)).toEqual([]);
  });

  it('names the rows that are missing, also the last', async () => {
    change(`
      DELETE FROM main_accounts WHERE main_account_id = 'other';
      DELETE FROM sip_accounts WHERE main_account_id = 'full' AND sip_account_id = 's-2';
      DELETE FROM entries WHERE position = 273;
      DELETE FROM command_keys WHERE position = 273;
      DELETE FROM entry_tiles WHERE account = 2 AND tile = 3;
      DELETE FROM sip_entry_tiles WHERE first > 20;
      DELETE FROM conservation WHERE main_account_id = 'other';
      DELETE FROM tree_tiles WHERE level = 1`);
    const messages = await found();
    for (const row of [
      'main_accounts other',
      'sip_accounts full s-2',
      'history 273',
      'entry_tiles 2 3',
      'conservation other',
    ])
      expect(messages).toContain(`the row ${row} is missing`);
    for (const row of [
      /^the row known_keys \d+ 273 is missing$/,
      /^the row sip_entry_tiles 2 1 \d+ is missing$/,
    ])
      expect(messages).toContainEqual(expect.stringMatching(row));
    expect(messages).toContain('tree_tiles 1 0 is not what the log makes');
  });

  it('counts the rows, of which there may be too many', async () => {
    change(`
      INSERT INTO main_accounts SELECT 9, 'x', 'EUR', '', '', '', 0, 0, '', '', '' ;
      INSERT INTO sip_accounts SELECT 'x', 1, 'x', '', NULL, 0, '';
      INSERT INTO entries SELECT 999, account, revision, digests, body FROM entries WHERE position = 1;
      INSERT INTO command_keys VALUES (1, 1);
      INSERT INTO entry_tiles VALUES (9, 9, '[]');
      INSERT INTO sip_entry_tiles VALUES (9, 9, 9, '[]');
      INSERT INTO conservation SELECT 'x', '', '', '', 0, '', NULL, NULL, NULL;
      INSERT INTO tree_tiles VALUES (2, 0, x'', x'', 1)`);
    expect(new Set(await found())).toEqual(
      new Set(
        Object.entries({
          main_accounts: 3,
          sip_accounts: 5,
          history: 273,
          known_keys: 273,
          entry_tiles: 16,
          sip_entry_tiles: 2,
          conservation: 3,
          tree_tiles: 3,
        }).map(([table, rows]) => `${table} has ${rows + 1} rows, the log makes ${rows}`),
      ),
    );
  });

  it.each(['accounts', 'conservation', 'tree'])('says that there are none of %s', async (projection) => {
    change(`DELETE FROM checkpoints WHERE projection = '${projection}'`);
    expect(await found()).toEqual([`the read models have no ${projection}`]);
  });

  it('is made as far as each of them has come: the log may go on', async () => {
    const longer = longLog();
    longer.add('other', purchased('1.0000'));
    longer.add('new', opened);
    expect(await found(longer.events)).toEqual([]);
    change(`
      UPDATE checkpoints SET position = position - 1 WHERE projection = 'accounts';
      UPDATE tree_tiles SET hashes = randomblob(length(hashes)) WHERE place = 1`);
    expect(await found(longer.events)).toEqual(
      expect.arrayContaining([
        'history has 273 rows, the log makes 272',
        'tree_tiles 0 1 is not what the log makes',
      ]),
    );
  });

  it('is made with what they held at one moment, also while the service writes', async () => {
    const book = () => change(`UPDATE main_accounts SET available = '7.0000'; DELETE FROM entries`);
    expect(await found(log.events, book)).toEqual([]);
  });
});
