import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkpointFileIn } from '../../src/audit/checkpoints.js';
import { verifyStore } from '../../src/audit/commands/verify.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { testConfig } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import { creditLedger, goodLedger } from './support/credit-ledger.js';

/** Check, stream and revision of all findings. */
const findingsIn = (report: string): string[] =>
  (JSON.parse(report) as { findings: { check: string; stream?: string; revision?: number }[] }).findings.map(
    ({ check, stream, revision }) => (stream === undefined ? check : `${check} ${stream} ${revision}`),
  );

/** The bytes of an expression, whatever they are, as the data of an event. */
const asText = (bytes: string): string => `data = CAST(${bytes} AS TEXT)`;

describe('credit-ledger verify on a store that somebody has touched', () => {
  let good: string;
  let dataDir: string;
  beforeAll(async () => {
    good = temporaryDirectory();
    await (await goodLedger(good)).close();
  });
  afterAll(() => rmSync(good, { recursive: true }));
  beforeEach(() => {
    dataDir = temporaryDirectory();
    for (const file of ['events.db', 'read-models.db', 'checkpoint.txt', 'checkpoint-key.json'])
      if (existsSync(join(good, file))) writeFileSync(join(dataDir, file), readFileSync(join(good, file)));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const ALICE = `(SELECT number FROM streams WHERE name = 'mainAccount-alice')`;
  const BOB = `account = (SELECT place FROM main_accounts WHERE main_account_id = 'bob')`;
  const change = (file: string, sql: string) => {
    const db = openDatabase(join(dataDir, file));
    db.exec(sql);
    db.close();
  };
  const found = async (readModels?: string): Promise<string[]> => {
    let stdout = '';
    const own = checkpointFileIn(dataDir);
    const checkpoints = existsSync(own) ? [own] : [];
    const options = {
      json: true,
      clockTolerance: 0,
      checkpoints,
      keys: [],
      ...(readModels && { readModels }),
    };
    await verifyStore(testConfig(dataDir), options, (text) => (stdout = text));
    return findingsIn(stdout);
  };

  it.each([
    ['an amount', `data = replace(data, '12.2109', '12.2108')`, 'hash mainAccount-alice 4'],
    [
      'a time',
      `metadata = replace(metadata, '"recordedAt":"2', '"recordedAt":"1')`,
      'time mainAccount-alice 4',
    ],
    ['a key', `metadata = replace(metadata, 'alice-add', 'alice-adx')`, 'id mainAccount-alice 4'],
    ['a hash', `metadata = replace(metadata, '"hash":"', '"hash":"0') `, 'hash mainAccount-alice 4'],
    ['a type', `type = 'CreditReclaimed'`, 'rule mainAccount-alice 4'],
    [
      'a byte of its data that is no UTF-8 now',
      asText(`replace(data, '1', x'FF')`),
      'form mainAccount-alice 4',
    ],
    ['more behind a zero byte', asText(`CAST(data AS BLOB) || x'007A'`), 'form mainAccount-alice 4'],
    [
      'what ends a text in a page of columns, and no UTF-8',
      asText(`CAST(data AS BLOB) || x'1FFF'`),
      'form mainAccount-alice 4',
    ],
  ])('names the event with %s changed', async (_, assignment, finding) => {
    change('events.db', `UPDATE events SET ${assignment} WHERE stream = ${ALICE} AND revision = 4`);
    expect(await found()).toContain(finding);
  });

  it('names the gap that a removed event leaves', async () => {
    change('events.db', `DELETE FROM events WHERE stream = ${ALICE} AND revision = 4`);
    expect(await found()).toContain('revision mainAccount-alice 5');
  });

  it('names an event that was put in', async () => {
    change(
      'events.db',
      `INSERT INTO events SELECT 1000, stream, 7, randomblob(16), type, data, metadata FROM events
       WHERE stream = ${ALICE} AND revision = 1`,
    );
    expect(await found()).toEqual(
      expect.arrayContaining([
        'hash mainAccount-alice 7',
        'link mainAccount-alice 7',
        'id mainAccount-alice 7',
        'key mainAccount-alice 7',
      ]),
    );
  });

  it('names events that were swapped', async () => {
    change(
      'events.db',
      `UPDATE events SET revision = -1 WHERE stream = ${ALICE} AND revision = 5;
       UPDATE events SET revision = 5 WHERE stream = ${ALICE} AND revision = 4;
       UPDATE events SET revision = 4 WHERE stream = ${ALICE} AND revision = -1`,
    );
    expect(await found()).toContain('revision mainAccount-alice 5');
  });

  it('finds a stream by another name that is no text, by the checkpoint of the data directory', async () => {
    change('events.db', `UPDATE streams SET name = CAST(x'FF' || name AS TEXT) WHERE number = ${ALICE}`);
    expect(await found()).toContain('checkpoint');
  });

  it('finds a tail that was cut off, by the checkpoint of the data directory', async () => {
    change('events.db', 'DELETE FROM events WHERE position = 14');
    expect(await found()).toEqual(['checkpoint']);
    rmSync(join(dataDir, 'checkpoint.txt'));
    expect(await found()).toEqual([]);
  });

  it('looks at a log of many positions in several threads, and at the same things', async () => {
    change('events.db', 'UPDATE events SET position = position * 100000');
    expect(await found()).toEqual([]);
    expect(await found(join(dataDir, 'read-models.db'))).toContain('read-model');
    change('events.db', 'DELETE FROM events WHERE position = 1400000');
    expect(await found()).toEqual(['checkpoint']);
  });

  it('ends when one of several threads cannot go on', () => {
    change(
      'events.db',
      `UPDATE events SET position = position * 100000;
       UPDATE events SET data = printf('%.*c', 20000, 'z') WHERE position = 100000`,
    );
    const file = join(dataDir, 'events.db');
    const bytes = readFileSync(file);
    // A page of nothing else begins with the number of the next one.
    const page = bytes.indexOf('z'.repeat(4092)) - 4;
    bytes.fill(255, page, page + 4);
    writeFileSync(file, bytes);
    const run = creditLedger(dataDir, 'verify');
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('is damaged') });
  });

  it.each([
    [`UPDATE main_accounts SET available = '1.0000' WHERE main_account_id = 'bob'`],
    [`UPDATE sip_accounts SET available = '1.0000' WHERE main_account_id = 'bob' AND place = 2`],
    [`DELETE FROM sip_accounts WHERE main_account_id = 'bob' AND place = 1`],
    [`UPDATE entries SET body = json_set(body, '$[10]', '9.0000') WHERE ${BOB} AND revision = 4`],
    [`DELETE FROM entries WHERE ${BOB} AND revision = 6`],
    [
      `UPDATE entries SET digests = CAST(substr(digests, 33) || substr(digests, 33) AS BLOB) WHERE ${BOB} AND revision = 4`,
    ],
    ['UPDATE command_keys SET hash = -hash WHERE position = 10'],
    ['INSERT INTO colliding_keys VALUES (1, 10)'],
    [`INSERT INTO entry_tiles VALUES (1, 0, '[1]')`],
    [`UPDATE main_accounts SET recent = '[]' WHERE main_account_id = 'bob'`],
    [`UPDATE sip_accounts SET recent = '[]' WHERE main_account_id = 'bob'`],
    [`UPDATE conservation SET purchased = '0'`],
    [`UPDATE conservation SET broken_revision = 1, broken_event_id = 'e', broken_by = 'nothing'`],
    [`UPDATE conservation SET broken_by = 'nothing'`],
    [`UPDATE tree_tiles SET hashes = randomblob(448)`],
    [`UPDATE tree_tiles SET first_position = 9`],
    [`DROP VIEW known_keys; CREATE TABLE known_keys AS SELECT * FROM command_keys; DELETE FROM command_keys`],
    [`UPDATE checkpoints SET position = position + 3 WHERE projection = 'accounts'`],
    [`UPDATE conservation SET broken_by = 'null'`],
    [`UPDATE main_accounts SET revision = 9223372036854775807`],
  ])('names the row of the read models: %s', async (sql) => {
    change('read-models.db', sql);
    const findings = await found(join(dataDir, 'read-models.db'));
    expect(findings.map((finding) => finding.split(' ')[0])).toContain('read-model');
    expect(await found()).toEqual([]);
  });

  it('names it also where the log is so long that threads would read it, which do not look there', async () => {
    change(
      'events.db',
      `INSERT INTO streams (number, name) SELECT max(number) + 1, 'not-the-ledger' FROM streams;
       INSERT INTO events SELECT 1000000, (SELECT max(number) FROM streams), 0, randomblob(16), type, data, metadata
         FROM events WHERE position = 1`,
    );
    change('read-models.db', `UPDATE main_accounts SET available = '1.0000' WHERE main_account_id = 'bob'`);
    expect(await found(join(dataDir, 'read-models.db'))).toContain('read-model');
    expect(await found()).toEqual([]);
  });
});
