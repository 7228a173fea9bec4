import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = randomBytes(BYTES);
  writeFileSync(path, secret.toString('base64url'), { mode: 0o600 });
  return secret;
}
