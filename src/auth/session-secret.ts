import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isOpenToOthers, readIfThere, replaceFile } from '../files/small-file.js';

const BYTES = 32;

/**
 * What sessions are signed with: `session-secret` in the data directory, readable by its owner alone, made when
 * it is missing or damaged, or was open to others. With another secret everybody has to sign in again, and nothing worse.
 */
export function sessionSecret(dataDir: string): Buffer {
  const path = join(dataDir, 'session-secret');
  const kept = Buffer.from(readIfThere(path) ?? '', 'base64url');
  if (kept.length === BYTES && !isOpenToOthers(path)) return kept;
  const secret = randomBytes(BYTES);
  replaceFile(path, secret.toString('base64url'));
  return secret;
}
