import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Whether a request sends a form. HEAD asks for a page, as GET does. */
export const isForm = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD';

/** A field of a form or of a query string; empty when it is missing or was sent more than once. */
export function field(fields: unknown, name: string): string {
  const value = (fields as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * The idempotency key of a form: the same whenever somebody sees the same form on the same state of the account.
 * A form that was sent twice, from two tabs or after Back, is one command; after a booking a new form has a new key.
 * @param state what the form is about, with the revision, or the spent key, that it was made from
 */
export function formKey(sessionId: string | undefined, ...state: readonly (string | number)[]): string {
  const text = JSON.stringify([sessionId, ...state]);
  return `web-${createHash('sha256').update(text).digest('base64url')}`;
}

/** What the address of an overview or a history says: the search, the order, and where the page of it begins. */
const PLACE = ['q', 'sort', 'desc', 'skip', 'account', 'kind', 'since', 'until', 'before', 'after'];

/** Where somebody came from, to come back to: the query of a list, without what else an address may hold. */
export const placeOf = (query: string): string =>
  new URLSearchParams(
    [...new URLSearchParams(query.slice(0, 2000))].filter(([name, value]) => value && PLACE.includes(name)),
  ).toString();

/** A key that could have come from a form of ours. */
export const isFormKey = (text: string): boolean => /^web-[\w-]{43}$/.test(text);

/** A path of this site to go to; the start page for anything else. */
export function localPath(text: string): string {
  const base = 'http://ledger.invalid';
  if (!/^\/[^\\]*$/.test(text) || text.length > 2000 || !URL.canParse(text, base)) return '/';
  const { origin, pathname, search } = new URL(text, base);
  return origin === base && !pathname.startsWith('//') ? pathname + search : '/';
}

/**
 * True for a form that a page of this site sent. Browsers say where a form comes from, and no site can make them
 * lie; what says nothing at all is no browser, and has no session that another site could abuse.
 */
export function isOwnForm({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

/** Whether the browser came over https: by itself, as a trusted proxy says, or as the browser does. */
export const isSecure = ({ protocol, headers }: FastifyRequest): boolean =>
  protocol === 'https' || (headers.origin?.startsWith('https:') ?? false);
