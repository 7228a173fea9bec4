import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Principal, Role } from './principal.js';

/** What is kept of an API key. The key itself is shown once, when it is made. */
export interface ApiKey {
  /** 12 hexadecimal digits, part of the key; names it in lists, logs and events. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** The one main account of a customer's key. */
  readonly mainAccountId?: string;
  /** SHA-256 of the whole key, in hexadecimal. */
  readonly hash: string;
  /** UTC, RFC 3339. */
  readonly createdAt: string;
}

/**
 * The id of an account, also where a key or a token ties a customer to one. Not "." or "..": whoever normalises a URL
 * takes these for folders.
 */
export const ACCOUNT_ID = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,64}$/;

/** How the id of a key's principal begins. */
export const KEY_PRINCIPAL = 'key:';

const PREFIX = 'ledger_';
const ID_LENGTH = 12;

/** Makes a key `ledger_<id>_<secret>` of 256 random bits. */
export function makeApiKey(
  about: Pick<ApiKey, 'name' | 'roles' | 'mainAccountId'>,
  now: Date,
): { readonly key: string; readonly apiKey: ApiKey } {
  const id = randomBytes(ID_LENGTH / 2).toString('hex');
  const key = `${PREFIX}${id}_${randomBytes(32).toString('base64url')}`;
  return { key, apiKey: { id, ...about, hash: digest(key), createdAt: now.toISOString() } };
}

/** The id within a key. In other texts it is what stands at its place: whose key it is, the hash tells. */
export const idWithin = (key: string): string => key.slice(PREFIX.length, PREFIX.length + ID_LENGTH);

/**
 * A plain SHA-256, not a slow password hash: a key is 256 random bits, so there is nothing to guess, and this
 * runs on every request.
 * @returns 64 hexadecimal digits
 */
export const digest = (key: string): string => hash('sha256', key);

const written = Buffer.alloc(64);

/** In constant time. A digest as a text, written here, takes half as long as one in a buffer of its own. */
export function matches(key: string, expected: Buffer): boolean {
  written.write(digest(key), 'latin1');
  return timingSafeEqual(written, expected);
}

export const principalOf = ({ id, roles, mainAccountId }: ApiKey): Principal => ({
  id: KEY_PRINCIPAL + id,
  roles,
  mainAccountId,
});
