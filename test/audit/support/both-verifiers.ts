import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle, verifyProof } from '../../../src/audit/commands/verify.js';
import type { Output } from '../../../src/audit/commands/output.js';
import { temporaryDirectory } from '../../support/service.js';
import { standalone } from './standalone.js';

export const SOUND = { verify: 0, standalone: 0 };
export const FOUND = { verify: 1, standalone: 1 };
export const REFUSED = { verify: 2, standalone: 2 };

type Keys = readonly string[];
type Notes = readonly (string | Uint8Array)[];

/** A place for a bundle or a proof, and what both verifiers exit with and say of what stands there. */
export function bothVerifiers() {
  const directory = temporaryDirectory();
  const file = join(directory, 'file');

  async function exits(notes: Notes = [], keys: Keys = []) {
    const checkpoints = notes.map((note, i) => {
      writeFileSync(join(directory, `checkpoint-${i}`), note);
      return join(directory, `checkpoint-${i}`);
    });
    const args = [file, ...checkpoints.flatMap((note) => ['--checkpoint', note])];
    const options = { json: false, clockTolerance: 0, checkpoints, keys };
    return both((output) => verifyBundle(file, options, output), args, keys);
  }

  const proofExits = (keys: Keys) => {
    const options = { json: false, clockTolerance: 0, checkpoints: [], keys };
    return both(async (output) => verifyProof(file, options, output), ['--proof', file], keys);
  };

  return { file, exits, proofExits, remove: () => rmSync(directory, { recursive: true }) };
}

async function both(verify: (output: Output) => Promise<number>, args: readonly string[], keys: Keys) {
  let told = '';
  const [exit, other] = await Promise.all([
    verify((text) => (told = text)).catch((error: unknown) => {
      told = String(error);
      return 2;
    }),
    standalone(...args, ...keys.map((key) => `--key=${key}`)),
  ]);
  return { verify: exit, standalone: other.status, told: [told, other.stdout, other.stderr].join('\n') };
}
