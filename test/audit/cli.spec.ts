import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.js';
import { checkpointFileIn } from '../../src/audit/checkpoints.js';
import type { ReadSide } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import {
  checkpointsOf,
  creditLedger,
  creditLedgerOnUnsoundDisk,
  goodLedger,
  standalone,
} from './support/credit-ledger.js';

// Every command is a process of its own, which takes its time on a busy machine.
jest.setTimeout(60_000);

describe('credit-ledger', () => {
  let side: ReadSide;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = temporaryDirectory();
    side = await goodLedger(dataDir);
  });
  afterAll(() => side.remove());

  it('verifies the store and the read models while the service runs', () => {
    const run = creditLedger(dataDir, 'verify', '--read-model');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('SOUND: 14 events of 2 main accounts, every check passed');
    expect(run.stdout).toContain(
      'EUR: 200.0000 purchased, 199.9998 on main accounts, 0.0002 on SIP accounts',
    );
    const { stdout } = creditLedger(dataDir, 'verify', '--read-model', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ findings: [] });
  });

  it('says that a bundle is there also where a power cut may yet undo it', () => {
    const file = join(temporaryDirectory(), 'ledger.bundle');
    expect(creditLedgerOnUnsoundDisk(dataDir, 'export', '-o', file)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`${file} was written, but a power cut may undo it: EIO`),
    });
    expect(creditLedger(dataDir, 'verify', file).status).toBe(0);
  });

  it('exports a bundle with a signed checkpoint, verifies it, and imports it into an empty store', () => {
    const bundle = join(dataDir, 'ledger.bundle');
    expect(creditLedger(dataDir, 'export', '-o', bundle)).toMatchObject({ status: 0, stderr: '' });
    expect(creditLedger(dataDir, 'verify', bundle).stdout).toContain('SOUND: 14 events');
    const key = CheckpointKeys.open(dataDir).signer.verifierKey;
    const checks = ['verify', bundle, '--checkpoint', checkpointFileIn(dataDir), '--key', key];
    expect(creditLedger(dataDir, ...checks)).toMatchObject({ status: 0 });
    const some = (...args: string[]) =>
      creditLedger(dataDir, 'export', '-o', join(dataDir, `some${args[0]}`), ...args).stdout;
    expect(some('--main-account', 'bob')).toContain(': 7 events of 1 main accounts');
    expect(some('--until', '2020-01-01T00:00:00Z')).toContain(': 0 events of 0 main accounts');
    const other = join(dataDir, 'other');
    expect(creditLedger(other, 'import', bundle).stdout).toContain('14 of 14 events imported');
    expect(creditLedger(other, 'import', bundle).stdout).toContain('14 were there already');
    expect(creditLedger(other, 'verify', '--checkpoint', checkpointFileIn(dataDir)).status).toBe(0);
  });

  it('checks proofs without the store, and so does the verifier of bundles', async () => {
    const checkpoints = checkpointsOf(side);
    const file = join(dataDir, 'proof.json');
    const key = CheckpointKeys.open(dataDir).signer.verifierKey;
    const alone = () => standalone('--proof', file, '--key', key);
    for (const proof of [await checkpoints.event('alice', 4), await checkpoints.consistency(5)]) {
      writeFileSync(file, JSON.stringify(proof));
      expect(creditLedger(dataDir, 'verify', '--proof', file, '--key', key, '--json')).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^\{"proven":true,"message":".*"\}\n$/),
      });
      expect(alone()).toMatchObject({ status: 0 });
      const forged = proof.proof.with(proof.proof.length - 1, Buffer.alloc(32, 7).toString('base64'));
      writeFileSync(file, JSON.stringify({ ...proof, proof: forged }));
      expect(creditLedger(dataDir, 'verify', '--proof', file, '--key', key)).toMatchObject({ status: 1 });
      expect(alone()).toMatchObject({ status: 1 });
    }
  });

  it('says what it cannot do and how it is used, with exit code 2', () => {
    expect(creditLedger(join(dataDir, 'nowhere'), 'verify')).toMatchObject({ status: 2 });
    expect(creditLedger(dataDir, 'verify', '--no-such-option').stderr).toContain(
      'credit-ledger verify [bundle]',
    );
    expect(creditLedger(dataDir, 'verify', '--clock-tolerance', 'long')).toMatchObject({ status: 2 });
    expect(creditLedger(dataDir, 'frobnicate').stderr).toContain('frobnicate is no command');
    const noBundle = join(dataDir, 'events.db');
    expect(creditLedger(dataDir, 'verify', noBundle).stderr).toBe(
      `credit-ledger: ${noBundle} is no audit bundle\n`,
    );
    expect(creditLedger(dataDir, 'help')).toMatchObject({ status: 0 });
  });
});
