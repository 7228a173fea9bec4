import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { closeToOthers, isThere, readIfThere, replaceFile } from '../files/small-file.js';
import { noteSigner, signNote, type NoteSigner } from './signed-note.js';

/** A key that signs checkpoints, or did, as it is published. */
export interface PublishedKey {
  readonly verifierKey: string;
  readonly createdAt: string;
  /** Null for the key in use. */
  readonly retiredAt: string | null;
  /** A note of this key's that names the next one; null for the key in use. */
  readonly successor: string | null;
}

/** The file: the secret of the key in use alone. That of a retired key is gone. */
interface KeyFile {
  readonly origin: string;
  /** 32 bytes, base64. */
  readonly seed: string;
  /** Oldest first; the last is the one in use. */
  readonly keys: readonly PublishedKey[];
}

/** The key file does not hold what it should. */
class CheckpointKeyFileError extends Error {
  override readonly name = 'CheckpointKeyFileError';
}

export const keyFileIn = (dataDir: string): string => join(dataDir, 'checkpoint-key.json');

/** The keys of a log. The origin names the log, and stays the same when keys change. */
export class CheckpointKeys {
  readonly origin: string;
  readonly signer: NoteSigner;
  readonly published: readonly PublishedKey[];

  private constructor({ origin, seed, keys }: KeyFile) {
    this.origin = origin;
    this.signer = noteSigner(origin, Buffer.from(seed, 'base64'));
    this.published = keys;
    if (keys.at(-1)?.verifierKey !== this.signer.verifierKey)
      throw new Error('its secret is not that of its last key');
  }

  /**
   * Reads the key file, which is made when it is missing.
   * @param warn told when the file was open to others
   * @throws CheckpointKeyFileError, CannotRead, CannotWrite: all name the file
   */
  static open(
    dataDir: string,
    now = new Date(),
    warn: (message: string) => void = () => undefined,
  ): CheckpointKeys {
    const file = keyFileIn(dataDir);
    if (!isThere(file)) save(file, firstKey(now));
    const text = readIfThere(file) ?? '';
    closeToOthers(file, warn);
    try {
      return new CheckpointKeys(JSON.parse(text) as KeyFile);
    } catch (error) {
      throw new CheckpointKeyFileError(
        `${file} is damaged: restore it from a backup, or remove it to begin with a new key`,
        { cause: error },
      );
    }
  }

  /**
   * Puts a new key in the place of the one in use, which signs a note that names the new one.
   * @throws Error where there is none: a first key would be that of another log
   */
  static rotate(dataDir: string, now = new Date()): CheckpointKeys {
    if (!isThere(keyFileIn(dataDir)))
      throw new Error(`${dataDir} has no checkpoint-key.json: is LEDGER_DATA_DIR the service's?`);
    const { origin, signer, published } = CheckpointKeys.open(dataDir, now);
    const { seed, key } = freshKey(origin, now);
    const successor = signNote(`${origin}\nnext key\n${key.verifierKey}\n`, signer);
    const retired = published.map((known) =>
      known.retiredAt === null ? { ...known, retiredAt: now.toISOString(), successor } : known,
    );
    save(keyFileIn(dataDir), { origin, seed, keys: [...retired, key] });
    return CheckpointKeys.open(dataDir);
  }
}

function firstKey(now: Date): KeyFile {
  const origin = `credit-ledger/${randomBytes(8).toString('hex')}`;
  const { seed, key } = freshKey(origin, now);
  return { origin, seed, keys: [key] };
}

/** A key of a log, in use from now on, and its secret as the file holds it. */
function freshKey(origin: string, now: Date): { readonly seed: string; readonly key: PublishedKey } {
  const seed = randomBytes(32);
  const { verifierKey } = noteSigner(origin, seed);
  const key = { verifierKey, createdAt: now.toISOString(), retiredAt: null, successor: null };
  return { seed: seed.toString('base64'), key };
}

const save = (file: string, content: KeyFile): void =>
  replaceFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
