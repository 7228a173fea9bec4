import { join } from 'node:path';
import { closeToOthers, readIfThere, replaceFile } from '../files/small-file.js';
import type { ApiKey } from './api-key.js';
import { ROLES, type Role } from './principal.js';

/** The file does not hold what it should. The message is for an operator. */
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
   * @param warn told when the file was open to others
   * @throws ApiKeysFileError, CannotRead
   */
  read(warn: (message: string) => void): readonly ApiKey[] {
    const text = readIfThere(this.path);
    if (text === undefined) return [];
    closeToOthers(this.path, warn);
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
