import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { auditBundle } from '../../src/audit/bundle-audit.js';
import { importEvents } from '../../src/audit/bundle-import.js';
import { BundleReader } from '../../src/audit/bundle-reader.js';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { treeHeadText } from '../../src/audit/checkpoint.js';
import { CompactTree, eventLeaf } from '../../src/audit/merkle.js';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { MAX_LINE, type Selection } from '../../src/audit/bundle.js';
import { MAX_APPEND } from '../../src/event-store/event-store.js';
import type { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { ROOT } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';
import { goodLog, LogBuilder, opened, purchased } from './support/good-log.js';
import { logOf, storeLog } from './support/stored-log.js';

// Every command is a process of its own, which takes its time on a busy machine.
jest.setTimeout(60_000);

const VERIFIER = join(ROOT, 'verify-bundle.mjs');
const ALL: Selection = { mainAccounts: null, until: null };
const SIGNER = noteSigner('credit-ledger/test', Buffer.alloc(32, 1));

let directory: string;
let file: string;
let store: SqliteEventStore;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  file = join(directory, 'ledger.bundle');
  store = await openTestStore();
  await storeLog(store, goodLog());
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const signed = (tree: { size: number; root(): Buffer }) => ({
  note: signNote(treeHeadText({ origin: SIGNER.name, size: tree.size, root: tree.root() }), SIGNER),
  verifierKey: SIGNER.verifierKey,
});

const exported = (selection = ALL) => writeBundle(store, file, { selection, checkpoint: signed });

const problemsOf = async () =>
  (await auditBundle(new BundleReader(file))).findings.map(({ check, message }) => `${check}: ${message}`);

const standalone = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [VERIFIER, file, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

const rewrite = (change: (text: string) => string) =>
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)).toString())));

describe('an audit bundle', () => {
  it('is found sound by the ledger and by the verifier that shares no code with it', async () => {
    await exported();
    expect(await problemsOf()).toEqual([]);
    const { status, stdout } = standalone();
    expect(stdout).toContain('SOUND: 16 events of 2 main accounts');
    expect(stdout).toContain('alice EUR purchased 100.0000 = main 0.0000 + SIP 100.0000, revision 7');
    expect(stdout).toContain('  sip-1 99.9999');
    expect(status).toBe(0);
  });

  it('is signed where the log has only grown since it was signed before', async () => {
    const tree = new CompactTree();
    const options = { selection: ALL, checkpoint: signed };
    for (const { metadata } of goodLog().slice(0, 5))
      tree.append(eventLeaf((JSON.parse(metadata) as { hash: string }).hash));
    const before = { origin: SIGNER.name, size: tree.size, root: tree.root() };
    const other = { ...before, root: new CompactTree().root() };
    const refused = writeBundle(store, file, { ...options, published: other });
    await expect(refused).rejects.toThrow('The first 5 events are not those that were signed for');
    const { manifest } = await writeBundle(store, file, { ...options, published: before });
    expect(manifest.tree?.size).toBe(16);
  });

  it('holds the chosen accounts alone', async () => {
    const { manifest } = await exported({ mainAccounts: ['bob'], until: null });
    expect(manifest).toMatchObject({ events: 8, mainAccounts: 1, tree: null });
    expect(await problemsOf()).toEqual([]);
    expect(standalone().stdout).toContain('SOUND: 8 events of 1 main accounts');
  });

  it('holds events up to the chosen time, which counts', async () => {
    const { manifest } = await exported({ mainAccounts: null, until: '2026-03-01T12:00:00.003Z' });
    expect(manifest.events).toBe(4);
    expect(await problemsOf()).toEqual([]);
  });

  it('is not made for an account that the log does not have, nor over another file', async () => {
    await expect(exported({ mainAccounts: ['carol'], until: null })).rejects.toThrow(
      'no events of main account carol',
    );
    expect(existsSync(file)).toBe(false);
    await exported();
    const onProgress = () => expect('read').toBe('not read');
    const again = writeBundle(store, file, { selection: ALL, onProgress });
    await expect(again).rejects.toThrow('exists already');
    const nowhere = join(directory, 'nowhere', 'ledger.bundle');
    await expect(writeBundle(store, nowhere, { selection: ALL })).rejects.toThrow(
      'no such file or directory',
    );
  });

  it('holds the ends of the streams in their order, and says which release made it', async () => {
    const builder = new LogBuilder();
    for (const account of ['zoe', 'carol']) builder.add(account, opened);
    await storeLog(store, builder.events);
    const { manifest } = await exported();
    const heads = gunzipSync(readFileSync(file))
      .toString()
      .matchAll(/"head":\{"stream":"mainAccount-(\w+)"/g);
    expect(Array.from(heads, ([, account]) => account)).toEqual(['alice', 'bob', 'carol', 'zoe']);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(manifest.ledgerVersion).toBe(version);
  });

  it('is for nobody else to read', async () => {
    await exported();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['white space in its data', 'data', (text: string) => text.replace('{', '{ ')],
    ['white space in its metadata', 'metadata', (text: string) => text.replace('{', '{ ')],
    ['no hash', 'metadata', (text: string) => text.replace(/,"hash":"[^"]*"/, '')],
    ['no time', 'metadata', (text: string) => text.replace(/"recordedAt":"[^"]*",/, '')],
    ['data that are no JSON', 'data', () => 'rubbish'],
  ] as const)('is not made of an event that is none of the ledger: with %s', async (_, member, change) => {
    const builder = new LogBuilder();
    builder.add('carol', opened);
    const [event] = builder.events;
    await storeLog(store, [{ ...event!, [member]: change(event![member]) }]);
    await expect(exported()).rejects.toThrow("mainAccount-carol revision 0 is not in the ledger's form");
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is made with a manifest as long as a line may be, and with none that no verifier would read', async () => {
    const tombstone = (mainAccountId: string) => {
      const event = { id: randomUUID(), type: '$streamDeleted', data: '{}', metadata: '{}' };
      return store.append(`mainAccount-${mainAccountId}`, [event], 'no-stream');
    };
    const lengthOfManifest = () => gunzipSync(readFileSync(file)).toString().split('\n').at(-2)!.length;
    await tombstone('carol');
    await exported();
    await tombstone('x'.repeat(MAX_LINE - lengthOfManifest() - '"",'.length));
    rmSync(file);
    const { hash } = await exported();
    expect(lengthOfManifest()).toBe(MAX_LINE);
    expect((await problemsOf()).length).toBe(2);
    expect(standalone().stdout).toContain(hash);
    rmSync(file);
    await tombstone('y');
    await expect(exported()).rejects.toThrow(
      /manifest would have 8388612 bytes.*export fewer main accounts at a time, by --main-account/,
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['an amount', (text: string) => text.replace('"amount":"12.2109"', '"amount":"12.2108"')],
    ['an event left out', (text: string) => text.split('\n').toSpliced(6, 1).join('\n')],
    ['an event twice', (text: string) => text.replace(/\n(.*"revision":7.*)\n/, '\n$1\n$1\n')],
    ['a line that is no JSON', (text: string) => text.replace('\n{"stream"', '\nrubbish\n{"stream"')],
    ['a head', (text: string) => text.replace('"revision":7,"hash"', '"revision":8,"hash"')],
    ['the manifest', (text: string) => text.replace('"events":16', '"events":17')],
    ['no manifest', (text: string) => text.slice(0, text.lastIndexOf('{"manifest"'))],
    ['a shortened end', (text: string) => text.slice(0, -20)],
    ['its checkpoint', (text: string) => text.replace('\\n16\\n', '\\n15\\n')],
    ['something behind its end', (text: string) => `${text}{}`],
  ])('with %s changed is found by both', async (_, change) => {
    await exported();
    rewrite(change);
    expect(await problemsOf()).not.toEqual([]);
    const { status, stdout, stderr } = standalone();
    expect({ stdout, stderr, status }).toMatchObject({ status: 1 });
  });

  it('that was cut short is found by both', async () => {
    await exported();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    expect(await problemsOf()).toEqual(expect.arrayContaining([expect.stringContaining('cut short')]));
    expect(standalone().status).not.toBe(0);
  });

  it.each([12, 200, -2])('of which the byte at %d was changed is found by both', async (at) => {
    await exported();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.with(at, (bytes.at(at) ?? 0) ^ 4));
    expect(await problemsOf()).toContain('manifest: the compressed file is damaged');
    expect(standalone().status).toBe(1);
  });

  it('is told from other files', async () => {
    writeFileSync(file, 'no bundle');
    await expect(problemsOf()).rejects.toThrow('is no audit bundle');
    expect(standalone().status).toBe(2);
    writeFileSync(file, gzipSync('{"format":"other"}\n'));
    await expect(problemsOf()).rejects.toThrow('is no audit bundle');
    expect(standalone().status).toBe(2);
  });

  it('agrees with a checkpoint in hand, signed with the key that is known, and with no other', async () => {
    await exported();
    const note = join(directory, 'checkpoint');
    const cli = (key: string) =>
      execFileSync(process.execPath, [VERIFIER, file, '--checkpoint', note, '--key', key]);
    writeFileSync(note, signed({ size: 16, root: () => Buffer.alloc(32) }).note);
    expect(() => cli(SIGNER.verifierKey)).toThrow('Command failed');
    const { tree } = await auditBundle(new BundleReader(file));
    writeFileSync(note, signed({ size: 16, root: () => tree.root }).note);
    expect(cli(SIGNER.verifierKey).toString()).toContain('SOUND');
    expect(() => cli(noteSigner('other', Buffer.alloc(32, 2)).verifierKey)).toThrow('Command failed');
  });
});

describe('two exports to one file', () => {
  it('keep what another has written since, and leave nothing else', async () => {
    const checkpoint: typeof signed = (tree) => {
      writeFileSync(file, 'of another');
      return signed(tree);
    };
    await expect(writeBundle(store, file, { selection: ALL, checkpoint })).rejects.toThrow('exists already');
    expect(readFileSync(file, 'utf8')).toBe('of another');
    expect(readdirSync(directory)).toEqual(['ledger.bundle']);
  });

  it('do not write into what another has begun, and say what to do when it was broken off', async () => {
    writeFileSync(`${file}.part`, 'begun');
    await expect(exported()).rejects.toThrow(
      `${file}.part exists: if no other export is writing it, remove it`,
    );
    expect(readFileSync(`${file}.part`, 'utf8')).toBe('begun');
  });

  it('do not touch each other: one is refused, and the other is whole', async () => {
    const bob = () => exported({ mainAccounts: ['bob'], until: null });
    const [first, second] = await Promise.allSettled([exported(), bob()]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected' });
    expect(await problemsOf()).toEqual([]);
    expect(readdirSync(directory)).toEqual(['ledger.bundle']);
  });
});

describe('the import of a bundle', () => {
  it('brings back every event in its place, keys and hashes included', async () => {
    await exported();
    const copy = await openTestStore();
    expect(await importEvents(copy, new BundleReader(file).events())).toBe(16);
    expect(await logOf(copy)).toEqual(await logOf(store));
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
    expect(await importEvents(copy, new BundleReader(file).events())).toBe(11);
    expect(await logOf(copy)).toEqual(await logOf(store));
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
    await expect(importEvents(store, new BundleReader(file).events())).rejects.toThrow(
      /is not the bundle's.*empty the store and import again/,
    );
    const longer = await openTestStore();
    await storeLog(longer, goodLog());
    rmSync(file);
    await exported({ mainAccounts: null, until: '2026-03-01T12:00:00.003Z' });
    await expect(importEvents(longer, new BundleReader(file).events())).rejects.toThrow(
      'more than the bundle',
    );
    await longer.close();
  });
});
