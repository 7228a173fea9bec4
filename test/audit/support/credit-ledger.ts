import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CheckpointKeys } from '../../../src/audit/checkpoint-keys.js';
import { checkpointFileIn, Checkpoints } from '../../../src/audit/checkpoints.js';
import { ReadSide } from '../../support/read-side.js';
import { ROOT } from '../../support/service.js';

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: readonly string[]): Run => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    // One that does not end is to fail its test.
    timeout: 60_000,
  });
  return { status, stdout, stderr };
};

export const creditLedger = (dataDir: string, ...args: string[]): Run =>
  run(join(ROOT, 'dist/audit/cli.js'), ...args, '--data-dir', dataDir);

/** The same where the disk cannot write the names in directories. */
export const creditLedgerOnUnsoundDisk = (dataDir: string, ...args: string[]): Run =>
  run(
    '--import',
    join(ROOT, 'test/files/unsound-directories.mjs'),
    join(ROOT, 'dist/audit/cli.js'),
    ...args,
    '--data-dir',
    dataDir,
  );

/** The verifier that shares no code with it. */
export const standalone = (...args: string[]): Run => run(join(ROOT, 'verify-bundle.mjs'), ...args);

export const checkpointsOf = ({ store, reads, dataDir }: ReadSide): Checkpoints =>
  new Checkpoints(store, reads, CheckpointKeys.open(dataDir), checkpointFileIn(dataDir));

/** A ledger that has lived: two accounts, every kind of event, a published checkpoint. */
export async function goodLedger(dataDir: string): Promise<ReadSide> {
  const side = await ReadSide.start(dataDir);
  for (const account of ['alice', 'bob']) {
    await side.ledger.funded(account, '100.0000', 'sip-1', 'sip-2');
    await side.ledger.add(account, 'sip-1', '12.2109', `${account}-add`);
    await side.ledger.removeAll(account, 'sip-1');
    await side.ledger.add(account, 'sip-2', '0.0001');
  }
  const head = await side.store.head();
  for (const projection of ['accounts', 'tree', 'conservation'])
    await side.projections.waitFor(projection, head, 10_000);
  await checkpointsOf(side).publish();
  return side;
}
