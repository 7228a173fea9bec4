import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../files/small-file.js';
import type { ApiKey } from './api-key.js';
import { ROLES, type Role } from './principal.js';

/** The file cannot be read, or does not hold what it should. The message is for an operator. */
export class ApiKeysFileError extends Error {
  override readonly name = 'ApiKeysFileError';
}

/** `api-keys.json` in the data directory: hashes of keys, readable by its owner alone. */
export class ApiKeysFile {
  readonly path: string;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'api-keys.json');
  }

  /**
   * The keys; none when there is no file.
   * @param warn told when the file was open to others, and is not any more
   * @throws ApiKeysFileError
   */
  read(warn: (message: string) => void): readonly ApiKey[] {
    let text: string;
    try {
      this.tighten(warn);
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new ApiKeysFileError(`${this.path} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const keys = parse(text);
    if (keys) return keys;
    throw new ApiKeysFileError(
      `${this.path} is damaged. Put back a copy of it, or move it away and start with LEDGER_BOOTSTRAP_KEY to make new keys`,
    );
  }

  /**
   * Replaces the file as a whole.
   * @throws CannotWrite; ApiKeysFileError for keys that `read` would not take: the service could not start again
   */
  write(keys: readonly ApiKey[]): void {
    if (!keys.every(isApiKey)) throw new ApiKeysFileError(`${this.path} would be damaged by such a key`);
    replaceFile(this.path, `${JSON.stringify({ format: 1, keys }, undefined, 2)}\n`);
  }

  private tighten(warn: (message: string) => void): void {
    const mode = statSync(this.path).mode & 0o777;
    if ((mode & 0o077) === 0) return;
    chmodSync(this.path, 0o600);
    warn(`${this.path} was open to other users (mode ${mode.toString(8)}); it is now open to its owner only`);
  }
}

/** Undefined for anything but what `write` writes. */
function parse(text: string): readonly ApiKey[] | undefined {
  try {
    const { format, keys } = JSON.parse(text) as { format?: unknown; keys?: unknown };
    return format === 1 && Array.isArray(keys) && keys.every(isApiKey) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function isApiKey(value: unknown): value is ApiKey {
  const { id, name, roles, mainAccountId, hash, createdAt } = value as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{12}$/.test(id) &&
    typeof name === 'string' &&
    Array.isArray(roles) &&
    roles.every((role) => ROLES.includes(role as Role)) &&
    roles.includes('customer') === (typeof mainAccountId === 'string') &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof createdAt === 'string'
  );
}
