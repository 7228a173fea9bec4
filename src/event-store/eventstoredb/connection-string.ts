import type { Credentials } from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';

/** A connection string in two halves: the client may say its own aloud, and so it never holds the password. */
export interface ConnectionString {
  /** As the client takes it, without user and password. */
  readonly url: string;
  /** Without encryption none are needed and the client sends none. */
  readonly credentials: Credentials;
}

/** @throws StoreUnavailable it cannot be used; the message does not show it */
export function parseConnectionString(text: string): ConnectionString {
  // The client knows the database by its older name only; the protocol is the same.
  const url = text.replace(/^kurrentdb/, 'esdb');
  const [, scheme, username, password] = /^([^:]+:\/\/)([^:@/?]+):([^@]+)@/.exec(url) ?? [];
  if (scheme !== undefined && username !== undefined && password !== undefined) {
    const place = url.slice(`${scheme}${username}:${password}@`.length);
    // The end of the password would be taken for a host, and shown wherever that cannot be found.
    if (/^[^/?]*@/.test(place)) throw mustBeWritten('@', '%40');
    return {
      url: scheme + place,
      credentials: { username: decoded(username), password: decoded(password) },
    };
  }
  if (/[?&]tls=false(&|$)/i.test(url)) return { url, credentials: { username: '', password: '' } };
  throw new StoreUnavailable(
    'LEDGER_EVENTSTOREDB_URL needs user:password@ before the host, or tls=false on a private network',
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw mustBeWritten('%', '%25');
  }
}

const mustBeWritten = (sign: string, as: string): StoreUnavailable =>
  new StoreUnavailable(
    `LEDGER_EVENTSTOREDB_URL has a ${sign} in user:password@ that has to be written as ${as}`,
  );
