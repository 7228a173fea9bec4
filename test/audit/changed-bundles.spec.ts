import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditBundle } from '../../src/audit/bundle-audit.js';
import { BundleReader } from '../../src/audit/bundle-reader.js';
import { writeBundle } from '../../src/audit/bundle-writer.js';
import { noteSigner } from '../../src/audit/signed-note.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';
import { ALL, problemsOf } from './support/bundled-log.js';
import { goodLog } from './support/good-log.js';
import { SIGNER, signed } from './support/signer.js';
import { standalone } from './support/standalone.js';
import { storeLog } from './support/stored-log.js';

const directory = temporaryDirectory();
const file = join(directory, 'ledger.bundle');
/** As it was exported, with a checkpoint; every test changes it in its own way. */
let bundle: Buffer;

beforeAll(async () => {
  const store = await openTestStore();
  await storeLog(store, goodLog());
  const made = join(directory, 'made.bundle');
  await writeBundle(store, made, { selection: ALL, checkpoint: signed });
  await store.close();
  bundle = readFileSync(made);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('an audit bundle', () => {
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
    writeFileSync(file, gzipSync(change(gunzipSync(bundle).toString())));
    expect(await problemsOf(file)).not.toEqual([]);
    const { status, stdout, stderr } = await standalone(file);
    expect({ stdout, stderr, status }).toMatchObject({ status: 1 });
  });

  it('that was cut short is found by both', async () => {
    writeFileSync(file, bundle.subarray(0, -40));
    expect(await problemsOf(file)).toEqual(expect.arrayContaining([expect.stringContaining('cut short')]));
    expect((await standalone(file)).status).not.toBe(0);
  });

  it.each([12, 200, -2])('of which the byte at %d was changed is found by both', async (at) => {
    writeFileSync(file, bundle.with(at, (bundle.at(at) ?? 0) ^ 4));
    expect(await problemsOf(file)).toContain('manifest: the compressed file is damaged');
    expect((await standalone(file)).status).toBe(1);
  });

  it('is told from other files', async () => {
    writeFileSync(file, 'no bundle');
    await expect(problemsOf(file)).rejects.toThrow('is no audit bundle');
    expect((await standalone(file)).status).toBe(2);
    writeFileSync(file, gzipSync('{"format":"other"}\n'));
    await expect(problemsOf(file)).rejects.toThrow('is no audit bundle');
    expect((await standalone(file)).status).toBe(2);
  });

  it('agrees with a checkpoint in hand, signed with the key that is known, and with no other', async () => {
    writeFileSync(file, bundle);
    const note = join(directory, 'checkpoint');
    const held = (key: string) => standalone(file, '--checkpoint', note, '--key', key);
    writeFileSync(note, signed({ size: 16, root: () => Buffer.alloc(32) }).note);
    expect(await held(SIGNER.verifierKey)).toMatchObject({ status: 1 });
    const { tree } = await auditBundle(new BundleReader(file));
    writeFileSync(note, signed({ size: 16, root: () => tree.root }).note);
    expect(await held(SIGNER.verifierKey)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('SOUND'),
    });
    expect(await held(noteSigner('other', Buffer.alloc(32, 2)).verifierKey)).toMatchObject({ status: 2 });
  });
});
