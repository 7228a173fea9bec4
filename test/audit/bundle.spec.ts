import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { CompactTree, eventLeaf } from '../../src/audit/merkle.js';
import { MAX_LINE } from '../../src/audit/bundle.js';
import { ROOT } from '../support/service.js';
import { ALL, bundledLog, problemsOf } from './support/bundled-log.js';
import { goodLog, LogBuilder, opened } from './support/good-log.js';
import { SIGNER, signed } from './support/signer.js';
import { standalone } from './support/standalone.js';
import { storeLog } from './support/stored-log.js';

const good = bundledLog();

const exported = (selection = ALL) => writeBundle(good.store, good.file, { selection, checkpoint: signed });

describe('an audit bundle', () => {
  it('is found sound by the ledger and by the verifier that shares no code with it', async () => {
    await exported();
    expect(await problemsOf(good.file)).toEqual([]);
    const { status, stdout } = await standalone(good.file);
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
    const refused = writeBundle(good.store, good.file, { ...options, published: other });
    await expect(refused).rejects.toThrow('The first 5 events are not those that were signed for');
    const { manifest } = await writeBundle(good.store, good.file, { ...options, published: before });
    expect(manifest.tree?.size).toBe(16);
  });

  it('holds the chosen accounts alone', async () => {
    const { manifest } = await exported({ mainAccounts: ['bob'], until: null });
    expect(manifest).toMatchObject({ events: 8, mainAccounts: 1, tree: null });
    expect(await problemsOf(good.file)).toEqual([]);
    expect((await standalone(good.file)).stdout).toContain('SOUND: 8 events of 1 main accounts');
  });

  it('holds events up to the chosen time, which counts', async () => {
    const { manifest } = await exported({ mainAccounts: null, until: '2026-03-01T12:00:00.003Z' });
    expect(manifest.events).toBe(4);
    expect(await problemsOf(good.file)).toEqual([]);
  });

  it('is not made for an account that the log does not have, nor over another file', async () => {
    await expect(exported({ mainAccounts: ['carol'], until: null })).rejects.toThrow(
      'no events of main account carol',
    );
    expect(existsSync(good.file)).toBe(false);
    await exported();
    const onProgress = () => expect('read').toBe('not read');
    const again = writeBundle(good.store, good.file, { selection: ALL, onProgress });
    await expect(again).rejects.toThrow('exists already');
    const nowhere = join(good.directory, 'nowhere', 'ledger.bundle');
    await expect(writeBundle(good.store, nowhere, { selection: ALL })).rejects.toThrow(
      'no such file or directory',
    );
  });

  it('holds the ends of the streams in their order, and says which release made it', async () => {
    const builder = new LogBuilder();
    for (const account of ['zoe', 'carol']) builder.add(account, opened);
    await storeLog(good.store, builder.events);
    const { manifest } = await exported();
    const heads = gunzipSync(readFileSync(good.file))
      .toString()
      .matchAll(/"head":\{"stream":"mainAccount-(\w+)"/g);
    expect(Array.from(heads, ([, account]) => account)).toEqual(['alice', 'bob', 'carol', 'zoe']);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(manifest.ledgerVersion).toBe(version);
  });

  it('is for nobody else to read', async () => {
    await exported();
    expect(statSync(good.file).mode & 0o777).toBe(0o600);
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
    await storeLog(good.store, [{ ...event!, [member]: change(event![member]) }]);
    await expect(exported()).rejects.toThrow("mainAccount-carol revision 0 is not in the ledger's form");
    expect(readdirSync(good.directory)).toEqual([]);
  });

  it('is made with a manifest as long as a line may be, and with none that no verifier would read', async () => {
    const tombstone = (mainAccountId: string) => {
      const event = { id: randomUUID(), type: '$streamDeleted', data: '{}', metadata: '{}' };
      return good.store.append(`mainAccount-${mainAccountId}`, [event], 'no-stream');
    };
    const lengthOfManifest = () => gunzipSync(readFileSync(good.file)).toString().split('\n').at(-2)!.length;
    await tombstone('carol');
    await exported();
    await tombstone('x'.repeat(MAX_LINE - lengthOfManifest() - '"",'.length));
    rmSync(good.file);
    const { hash } = await exported();
    expect(lengthOfManifest()).toBe(MAX_LINE);
    expect((await problemsOf(good.file)).length).toBe(2);
    expect((await standalone(good.file)).stdout).toContain(hash);
    rmSync(good.file);
    await tombstone('y');
    await expect(exported()).rejects.toThrow(
      /manifest would have 8388612 bytes.*export fewer main accounts at a time, by --main-account/,
    );
    expect(readdirSync(good.directory)).toEqual([]);
  });
});

describe('two exports to one file', () => {
  it('keep what another has written since, and leave nothing else', async () => {
    const checkpoint: typeof signed = (tree) => {
      writeFileSync(good.file, 'of another');
      return signed(tree);
    };
    await expect(writeBundle(good.store, good.file, { selection: ALL, checkpoint })).rejects.toThrow(
      'exists already',
    );
    expect(readFileSync(good.file, 'utf8')).toBe('of another');
    expect(readdirSync(good.directory)).toEqual(['ledger.bundle']);
  });

  it('do not write into what another has begun, and say what to do when it was broken off', async () => {
    writeFileSync(`${good.file}.part`, 'begun');
    await expect(exported()).rejects.toThrow(
      `${good.file}.part exists: if no other export is writing it, remove it`,
    );
    expect(readFileSync(`${good.file}.part`, 'utf8')).toBe('begun');
  });

  it('do not touch each other: one is refused, and the other is whole', async () => {
    const bob = () => exported({ mainAccounts: ['bob'], until: null });
    const [first, second] = await Promise.allSettled([exported(), bob()]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected' });
    expect(await problemsOf(good.file)).toEqual([]);
    expect(readdirSync(good.directory)).toEqual(['ledger.bundle']);
  });
});
