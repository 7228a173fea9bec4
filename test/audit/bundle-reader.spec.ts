import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { auditBundle } from '../../src/audit/bundle-audit.js';
import { BundleReader } from '../../src/audit/bundle-reader.js';
import { FIRST_LINE } from '../../src/audit/bundle.js';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { temporaryDirectory } from '../support/service.js';
import { bundleOf, chain, GOOD, type Forged } from './support/forged-bundle.js';

const directory = temporaryDirectory();
const file = join(directory, 'ledger.bundle');
afterAll(() => rmSync(directory, { recursive: true }));

const bundled = (lines: readonly string[], encoding: BufferEncoding = 'utf8') =>
  writeFileSync(
    file,
    gzipSync(Buffer.from([FIRST_LINE, ...lines].map((line) => `${line}\n`).join(''), encoding)),
  );

async function read(reader = new BundleReader(file)) {
  for await (const _ of reader.events());
  return reader;
}

const purchases = (keys: readonly string[]) =>
  keys.map((idempotencyKey): Forged => [
    'CreditPurchased',
    { amount: '1.0000', reference: 'r' },
    { idempotencyKey },
  ]);

describe('a bundle with thousands of events', () => {
  const keys = Array.from({ length: 2_500 }, (_, i) => `bought-${i}`);

  it('is read to its end, each event once, and tells how much of the file that is', async () => {
    writeFileSync(file, bundleOf(chain('alice', [...GOOD, ...purchases(keys)])));
    const reader = new BundleReader(file);
    const report = await auditBundle(reader);
    expect(report).toMatchObject({ events: 2_504, findings: [] });
    // It takes several reads.
    expect(reader.bytes).toBeGreaterThan(1 << 18);
    expect(reader.bytesRead).toBe(reader.bytes);
  });
});

describe('a bundle that is read again, as for the events of a key that was used twice', () => {
  it('has no more wrong with it than what is', async () => {
    const signer = noteSigner('log', Buffer.alloc(32, 1));
    const note = signNote(`log\n5\n${Buffer.alloc(32).toString('base64')}\n`, signer);
    const checkpoint = () => ({ note, verifierKey: signer.verifierKey });
    writeFileSync(
      file,
      bundleOf(chain('alice', [...GOOD, ...purchases(['key-1'])]), {
        checkpoint,
        order: (lines) => [...lines.slice(0, 1), 'rubbish', ...lines.slice(1)],
      }),
    );
    const reader = new BundleReader(file);
    const { findings } = await auditBundle(reader);
    expect(findings.map(({ check, message, more }) => [check, message, more])).toEqual([
      ['key', 'its idempotency key key-1 was used at revision 1 already', 0],
      ['manifest', 'a line is no JSON object: rubbish', 0],
      ['checkpoint', 'the checkpoint in the bundle was not made of its events', 0],
    ]);
    expect(reader.bytesRead).toBe(reader.bytes);
  });
});

describe('a line that cannot be taken', () => {
  it('is told as what it is not, in a line that is not too long', async () => {
    const event = { stream: 'mainAccount-alice', revision: 0, id: 'i'.repeat(60), type: 'T' };
    const events = Object.keys(event).map((name) => JSON.stringify({ ...event, [name]: [] }));
    bundled([
      '[]',
      '{"event":1}',
      ...events,
      '{"head":1}',
      '{"checkpoint":{"note":"n"}}',
      '{"checkpoint":{"verifierKey":"k"}}',
      '{"manifest":[]}',
    ]);
    expect((await read()).problems).toEqual([
      'a line is no JSON object: []',
      'a line is of no known kind: {"event":1}',
      ...events.map((line) => `a line is no event: ${line.slice(0, 60)}`),
      'a line is no checkpoint: {"checkpoint":{"note":"n"}}',
      'a line is no checkpoint: {"checkpoint":{"verifierKey":"k"}}',
      'a line is no manifest: {"manifest":[]}',
      'the file ends before its manifest',
    ]);
  });

  it('is told as not UTF-8, the first one, also where it reads as another line does', async () => {
    const long = 'x'.repeat(1 << 16);
    bundled([`[1]\xff${long}`, `[2]\xff${long}`], 'latin1');
    expect((await read()).problems).toContain(`a line is not UTF-8: [1]\ufffd${'x'.repeat(56)}`);
    // The replacement character, and a byte that is read as one.
    bundled(['[]\xef\xbf\xbd', '[]\xff'], 'latin1');
    expect((await read()).problems).toContain('a line is not UTF-8: ');
  });

  it('is told up to a thousand times: the file is no bundle then', async () => {
    bundled(Array.from({ length: 1_001 }, (_, i) => `rubbish ${i}`));
    const { problems } = await read();
    expect(problems.slice(-2)).toEqual([
      'a line is no JSON object: rubbish 999',
      'the file ends before its manifest',
    ]);
  });
});
