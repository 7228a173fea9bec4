import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../files/small-file.js';

const BYTES = 32;

/**
 * What sessions are signed with: `session-secret` in the data directory, readable by its owner alone, made when
 * it is missing or damaged. With another secret everybody has to sign in again, and nothing worse.
 */
export function sessionSecret(dataDir: string): Buffer {
  const path = join(dataDir, 'session-secret');
  try {
    const secret = Buffer.from(readFileSync(path, 'utf8'), 'base64url');
    if (secret.length === BYTES) {
      chmodSync(path, 0o600);
      return secret;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(BYTES);
  replaceFile(path, secret.toString('base64url'));
  return secret;
}
