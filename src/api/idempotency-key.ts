import { IdempotencyKeyMissing, InvalidRequest } from './invalid-request.js';

/** Visible ASCII. A header that is sent twice arrives joined by a comma and a space, and so does not match. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The same for the description of the API. */
export const IDEMPOTENCY_KEY_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: IDEMPOTENCY_KEY.source,
  example: 'invoice-17',
} as const;

/**
 * Reads the header.
 * @throws IdempotencyKeyMissing, InvalidRequest
 */
export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined || header === '') throw new IdempotencyKeyMissing();
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header;
  throw InvalidRequest.field(
    'Idempotency-Key',
    'Idempotency-Key must be 1 to 255 visible ASCII characters, sent once',
  );
}
