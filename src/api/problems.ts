import type { RefusalCode } from '../ledger/domain/errors.js';

/** Every code that a problem document may carry. Part of the API: a code is never renamed. */
export type ProblemCode =
  | RefusalCode
  | 'idempotency-key-missing'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'conflict'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'headers-too-large'
  | 'internal-error'
  | 'issuer-unavailable'
  | 'store-unavailable'
  | 'outcome-unknown'
  | 'read-model-behind';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for people. */
  readonly meaning: string;
  /** An example of what an instance adds to the members that all problems have. */
  readonly example: { readonly detail: string; readonly [figure: string]: unknown };
}

/** docs/reference/problems.md and the page at /docs/problems say the same to people. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  'invalid-request': {
    status: 400,
    title: 'The request cannot be read',
    meaning: 'A field is missing, unknown or malformed; `errors` names each one. Correct the request.',
    example: {
      detail: 'amont is not a field of this request',
      errors: [{ field: 'amont', message: 'amont is not a field of this request' }],
    },
  },
  'idempotency-key-missing': {
    status: 400,
    title: 'The Idempotency-Key is missing',
    meaning: 'Every command carries a key of its own, so that it can be repeated without being booked twice.',
    example: { detail: 'A command needs the header Idempotency-Key' },
  },
  'amount-not-positive': {
    status: 400,
    title: 'The amount is not above zero',
    meaning: 'Amounts are above zero.',
    example: { detail: '"0" is not above zero' },
  },
  'amount-too-precise': {
    status: 400,
    title: 'The amount has too many decimals',
    meaning: 'An amount has at most 4 decimals. Nothing is ever rounded.',
    example: { detail: '"1.23456" has more than 4 decimals' },
  },
  'amount-too-large': {
    status: 400,
    title: 'The amount is too large',
    meaning: 'An amount is at most 999999999999.9999.',
    example: { detail: '"1000000000000" is above 999999999999.9999' },
  },
  unauthenticated: {
    status: 401,
    title: 'The credentials are missing or not valid',
    meaning: 'Send `Authorization: Bearer` with an API key or a token.',
    example: { detail: 'Send an API key or a token' },
  },
  forbidden: {
    status: 403,
    title: 'The credentials do not allow this',
    meaning: 'The key or token is good, but has none of the roles that this route asks for.',
    example: { detail: 'This needs the role billing' },
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    meaning: 'No route has this path, or what it names is not there; `detail` says what.',
    example: { detail: 'There is nothing at /v1/accounts' },
  },
  'main-account-not-found': {
    status: 404,
    title: 'There is no such main account',
    meaning: 'The main account was never opened, or is not yours to see.',
    example: { detail: 'There is no main account acme' },
  },
  'sip-account-not-found': {
    status: 404,
    title: 'There is no such SIP account',
    meaning: 'The SIP account was never added to this main account.',
    example: { detail: 'The main account has no SIP account desk-9' },
  },
  'command-not-found': {
    status: 404,
    title: 'No command was booked with this key',
    meaning: 'The command was refused, or never arrived. It is safe to send it, with the same key.',
    example: { detail: 'No command was booked with idempotency key "invoice-17"' },
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    meaning: 'The header `Allow` lists the methods of this path.',
    example: { detail: 'DELETE is not allowed here' },
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not come in time',
    meaning: 'A request has 30 seconds to come in. This attempt booked nothing. Repeat it.',
    example: { detail: 'The rest of the request did not come in time' },
  },
  'main-account-already-open': {
    status: 409,
    title: 'The main account is already open',
    meaning: 'It was opened with another idempotency key.',
    example: { detail: 'Main account acme is already open' },
  },
  'sip-account-already-added': {
    status: 409,
    title: 'The SIP account has already been added',
    meaning: 'It was added with another idempotency key.',
    example: { detail: 'SIP account desk-1 has already been added' },
  },
  'amount-changed': {
    status: 409,
    title: 'The amount has changed',
    meaning:
      'Only for removals from the dashboard: nothing was booked. `available` is what the SIP account has, `expected` what was confirmed.',
    example: {
      detail: 'SIP account desk-1 has 13.2109, not the expected 12.2109',
      available: '13.2109',
      expected: '12.2109',
    },
  },
  conflict: {
    status: 409,
    title: 'The state of things does not allow this',
    meaning: '`detail` says what stands in the way.',
    example: { detail: 'The last operator key cannot be revoked' },
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'A body has at most 16 KiB. For commands in bulk, `detail` says which of their limits it was.',
    example: { detail: 'A body has at most 16384 bytes' },
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not JSON',
    meaning:
      'Send the body with `Content-Type: application/json`; commands in bulk as `application/x-ndjson`. It must not be packed.',
    example: { detail: 'Send the body as application/json' },
  },
  'batch-too-large': {
    status: 413,
    title: 'Too many commands are to be booked together',
    meaning: 'Nothing was booked for this main account. `limit` is how many can be booked together.',
    example: { detail: 'At most 400 commands of one main account can be booked together', limit: 400 },
  },
  'insufficient-credit': {
    status: 422,
    title: 'The main account has not enough credit',
    meaning: 'Nothing was booked. `available` is what the main account has.',
    example: {
      detail: 'The main account has 61.3600 available, not 100.0000',
      available: '61.3600',
      requested: '100.0000',
    },
  },
  'no-credit-to-reclaim': {
    status: 422,
    title: 'The SIP account has no credit',
    meaning: 'There is nothing to move back to the main account.',
    example: { detail: 'SIP account desk-1 has no credit to reclaim' },
  },
  'balance-limit-exceeded': {
    status: 422,
    title: 'The balance would be too large',
    meaning: 'No balance rises above 999999999999.9999. `available` is what the account has.',
    example: {
      detail: 'The balance of the main account would rise above 999999999999.9999',
      available: '999999999999.0000',
    },
  },
  'sip-account-limit-reached': {
    status: 422,
    title: 'The main account has too many SIP accounts',
    meaning: '`limit` is how many SIP accounts a main account may have.',
    example: { detail: 'A main account has at most 10000 SIP accounts', limit: 10_000 },
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another command',
    meaning: 'A key stands for one command for ever. Nothing was booked; send a new command with a new key.',
    example: { detail: 'Idempotency key "invoice-17" was already used for another command' },
  },
  'batch-not-booked': {
    status: 422,
    title: 'Another command of the batch was refused',
    meaning: 'Nothing was booked for this main account. Repair the refused command and send them all again.',
    example: { detail: 'Another command of the batch was refused, so nothing was booked for acme' },
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning: 'Wait as many seconds as `Retry-After` says.',
    example: { detail: 'This key may send 100 requests per second' },
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The request line and the headers have at most 16 KiB together.',
    example: { detail: 'The request line and the headers have at most 16384 bytes together' },
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong in the ledger',
    meaning: 'After a command its outcome is not known: repeat it with the same idempotency key.',
    example: { detail: 'An unexpected error occurred' },
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The token cannot be checked now',
    meaning: "The keys of the token's issuer cannot be had. This attempt booked nothing. Repeat later.",
    example: { detail: 'The keys of the token issuer cannot be had now' },
  },
  'store-unavailable': {
    status: 503,
    title: 'The store cannot be reached',
    meaning: 'This attempt booked nothing. Repeat later, with the same idempotency key.',
    example: { detail: 'The store cannot do this now, and nothing was booked by this attempt' },
  },
  'outcome-unknown': {
    status: 503,
    title: 'The outcome is not known',
    meaning:
      'The command may or may not have been booked. Repeat it with the same idempotency key: it is booked once at most, and the answer says how it stands.',
    example: { detail: 'It is not known whether this was booked. Repeat it with the same Idempotency-Key' },
  },
  'read-model-behind': {
    status: 503,
    title: 'The answer is not ready yet',
    meaning: 'The balances have not yet caught up with the position in `Ledger-At-Least`. Ask again.',
    example: { detail: 'The accounts are not yet at position 1042' },
  },
};
