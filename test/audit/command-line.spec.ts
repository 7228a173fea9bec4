import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.js';
import { checkpointFileIn } from '../../src/audit/checkpoints.js';
import { pastTime, USAGE } from '../../src/audit/commands/command-line.js';
import { signNote } from '../../src/audit/signed-note.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { ReadSide } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import { checkpointsOf, creditLedger, goodLedger, standalone } from './support/credit-ledger.js';

// Every command is a process of its own, which takes its time on a busy machine.
jest.setTimeout(120_000);

let good: string;
let bundle: string;
let key: string;
/** Of an event in the middle, and of the last one. */
let proof: string;
let last: string;

beforeAll(async () => {
  good = temporaryDirectory();
  const side = await goodLedger(good);
  key = CheckpointKeys.open(good).signer.verifierKey;
  [proof, last] = [join(good, 'proof.json'), join(good, 'last.json')];
  writeFileSync(proof, JSON.stringify(await checkpointsOf(side).event('alice', 4)));
  writeFileSync(last, JSON.stringify(await checkpointsOf(side).event('bob', 6)));
  await side.close();
  bundle = join(good, 'ledger.bundle');
  creditLedger(good, 'export', '-o', bundle);
});
afterAll(() => rmSync(good, { recursive: true }));

/** A data directory with the same files, to be changed. */
function copy(): string {
  const dataDir = temporaryDirectory();
  for (const name of readdirSync(good)) copyFileSync(join(good, name), join(dataDir, name));
  return dataDir;
}

const written = (name: string, text: string): string => {
  const file = join(good, name);
  writeFileSync(file, text);
  return file;
};

describe('a command line', () => {
  it.each([
    ['a second bundle', ['verify', 'a.bundle', 'b.bundle'], 'does not take b.bundle'],
    ['a bundle and the read models', ['verify', 'a.bundle', '--read-model'], 'does not take --read-model'],
    ['an account', ['verify', '--main-account', 'zz'], 'does not take --main-account'],
    ['a time', ['verify', '--until', '2026-01-01T00:00:00Z'], 'does not take --until'],
    ['a key alone', ['verify', '--key', 'k'], '--key needs a --checkpoint'],
    ['an account without its option', ['export', '-o', 'c.bundle', 'acme'], 'does not take acme'],
    [
      'a proof and a checkpoint',
      ['verify', '--proof', 'p', '--checkpoint', 'c'],
      'does not take --checkpoint',
    ],
    ['a proof and a bundle', ['verify', 'a.bundle', '--proof', 'p', '--key', 'k'], 'does not take a.bundle'],
    ['a proof without a key', ['verify', '--proof', 'p'], 'nothing says who signed'],
    ['a time that is none', ['export', '-o', 'c.bundle', '--until', 'March 7'], 'is no RFC 3339 time'],
    ['a count with a unit', ['verify', '--clock-tolerance', '5s'], '5s is no whole number'],
    ['a key that is none', ['verify', '--checkpoint', 'c', '--key', 'rubbish'], 'rubbish: '],
    [
      'an option of another command: export',
      ['export', '-o', 'c.bundle', '--json'],
      'export does not take --json',
    ],
    ['an option of another command: import', ['import', 'a.bundle', '--json'], 'import does not take --json'],
    ['an option of another command: rotate-key', ['rotate-key', '--json'], 'rotate-key does not take --json'],
    ['an export without its file', ['export'], 'export needs -o <file>'],
    ['an import without its bundle', ['import'], 'import needs a bundle'],
    ['no command', [], 'name a command'],
  ])('that cannot be heeded, or only in part, is refused and explained: %s', (_, args, message) => {
    expect(creditLedger(good, ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(`${message}.*\n${USAGE.slice(0, 20)}`),
    });
  });

  it('of the standalone verifier is refused in the same way, and explained', () => {
    for (const args of [
      ['--proof', proof],
      ['--proof', proof, '--key', key, '--checkpoint', proof],
      [bundle, '--proof', proof, '--key', key],
      [bundle, bundle],
    ])
      expect(standalone(...args)).toMatchObject({ status: 2, stdout: '' });
    expect(standalone('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('usage:') });
  });
});

describe('the time until which events are exported', () => {
  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T00:30:00.25+02:00', '2026-02-28T22:30:00.250Z'],
    ['2024-02-29T23:59:59.999999Z', '2024-02-29T23:59:59.999Z'],
  ])('may be %s', (text, utc) => {
    expect(pastTime(text)).toBe(utc);
  });

  it.each(['12', 'March 7', '11/28/2026', '2026-03-01', '2026-03-01T12:00', '2026-03-01T24:00:00Z'])(
    'is not %s',
    (text) => expect(() => pastTime(text)).toThrow('is no RFC 3339 time'),
  );

  it('is on a day that exists, and has been', () => {
    for (const text of ['2026-02-31T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z'])
      expect(() => pastTime(text)).toThrow('is no RFC 3339 time');
    expect(() => pastTime('2999-01-01T00:00:00Z')).toThrow('has not come yet');
  });
});

describe('a proof', () => {
  const change = (file: string, changes: object) =>
    written('changed.json', JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }));
  const exits = (file: string) => ({
    verify: creditLedger(good, 'verify', '--proof', file, '--key', key).status,
    standalone: standalone('--proof', file, '--key', key).status,
  });

  it('is good for the last event too', () => {
    expect(exits(last)).toEqual({ verify: 0, standalone: 0 });
  });

  it('names a place and a revision that are whole numbers', () => {
    const { leafIndex, revision } = JSON.parse(readFileSync(proof, 'utf8')) as Record<string, number>;
    for (const [file, changes] of [
      [proof, { leafIndex: Number(leafIndex) + 0.9 }],
      [proof, { revision: String(revision) }],
      [last, { leafIndex: undefined }],
      [last, { leafIndex: 'x' }],
    ] as const)
      expect(exits(change(file, changes))).toEqual({ verify: 2, standalone: 2 });
  });

  it('is told from other files, and so is a bundle', () => {
    const answer = written('answer.json', '{"status":401,"title":"Unauthorized"}');
    for (const run of [
      creditLedger(good, 'verify', '--proof', answer, '--key', key),
      standalone('--proof', answer, '--key', key),
    ])
      expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining(`${answer} is no proof`) });
    for (const run of [creditLedger(good, 'verify', answer), standalone(answer)])
      expect(run).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`${answer} is no audit bundle`),
      });
  });
});

describe('the verdict', () => {
  it('says what was compared, and whether signatures were', () => {
    const kept = checkpointFileIn(good);
    expect(creditLedger(good, 'verify', '--read-model', '--checkpoint', kept, '--key', key).stdout).toContain(
      "(log; read models; the data directory's checkpoint; 1 checkpoint, signature checked)",
    );
    const own = 'bundle; its checkpoint, signature checked with the key in it';
    const unsigned = `(${own}; 1 checkpoint, signature not checked)`;
    expect(creditLedger(good, 'verify', bundle, '--checkpoint', kept).stdout).toContain(unsigned);
    expect(standalone(bundle, '--checkpoint', kept).stdout).toContain(unsigned);
    const signed = '(bundle; its checkpoint, signature checked with a given key)';
    expect(creditLedger(good, 'verify', bundle, '--key', key).stdout).toContain(signed);
    expect(standalone(bundle, '--key', key).stdout).toContain(signed);
  });
});

describe('the key of a log', () => {
  it('is not made by a rotation in a directory that has none', () => {
    const elsewhere = temporaryDirectory();
    const { status, stderr } = creditLedger(elsewhere, 'rotate-key');
    expect(status).toBe(2);
    expect(stderr).toContain(`${elsewhere} has no checkpoint-key.json: is LEDGER_DATA_DIR the service's?`);
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(creditLedger(elsewhere, 'verify').stderr).toContain('LEDGER_DATA_DIR or --data-dir');
  });

  it('that was retired still checks the checkpoint that it signed', async () => {
    const dataDir = copy();
    const kept = written('kept.txt', readFileSync(checkpointFileIn(dataDir), 'utf8'));
    const rotated = creditLedger(dataDir, 'rotate-key');
    expect(rotated).toMatchObject({ status: 0 });
    const side = await ReadSide.start(dataDir);
    await side.ledger.purchase('alice', '1.0000');
    await side.projections.waitFor('tree', await side.store.head(), 5_000);
    await checkpointsOf(side).publish();
    await side.close();
    const args = ['verify', '--checkpoint', kept, '--key'];
    expect(creditLedger(dataDir, ...args, key)).toMatchObject({ status: 0, stderr: '' });
    const { signer } = CheckpointKeys.open(dataDir);
    expect(rotated.stdout.split('\n')[0]).toBe(signer.verifierKey);
    const { status, stderr } = creditLedger(dataDir, ...args, signer.verifierKey);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${kept} is no checkpoint to rely on: it is not signed with a key that was given`,
    );
    rmSync(dataDir, { recursive: true });
  });
});

describe('an export', () => {
  it.each([
    ['shortened', 'DELETE FROM events WHERE position = 14', 'fewer than the 14 that were signed for'],
    [
      'rewritten',
      `UPDATE events SET metadata = replace(metadata, '"hash":"', '"hash":"0') WHERE position = 14`,
      'are not those that were signed for',
    ],
  ])('signs no log that was %s', (_, sql, message) => {
    const dataDir = copy();
    const db = openDatabase(join(dataDir, 'events.db'));
    db.exec(sql);
    db.close();
    const fork = join(dataDir, 'fork.bundle');
    const { status, stderr } = creditLedger(dataDir, 'export', '-o', fork);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    expect(stderr).toContain('if it was restored on purpose, remove checkpoint.txt');
    expect(existsSync(fork)).toBe(false);
    rmSync(checkpointFileIn(dataDir));
    expect(creditLedger(dataDir, 'export', '-o', fork)).toMatchObject({ status: 0 });
    rmSync(dataDir, { recursive: true });
  });

  it('signs nothing while what was signed before cannot be read', () => {
    const dataDir = copy();
    const { signer } = CheckpointKeys.open(dataDir);
    for (const text of ['', signNote(`${signer.name}\nnext key\nk\n`, signer)]) {
      writeFileSync(checkpointFileIn(dataDir), text);
      expect(creditLedger(dataDir, 'export', '-o', join(dataDir, 'fork.bundle'))).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('checkpoint.txt is no checkpoint'),
      });
    }
    rmSync(dataDir, { recursive: true });
  });
});

describe('an import', () => {
  it('leaves no read models of an earlier log, whose positions were others', () => {
    const dataDir = copy();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `events.db${suffix}`), { force: true });
    expect(creditLedger(dataDir, 'import', bundle)).toMatchObject({ status: 0 });
    expect(readdirSync(dataDir).filter((name) => name.startsWith('read-models'))).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });
});
