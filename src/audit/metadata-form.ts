import type { EventMetadata } from '../ledger/domain/events.js';
import type { Check } from './findings.js';
import { canonical, jsonObject, PLAIN } from './json-form.js';

/** What is compared with something. The rest needs only be well formed. */
export type AuditedMetadata = Omit<EventMetadata, '$causationId' | '$correlationId' | 'schema'>;

/** An event's metadata, of which the form is good enough to go on. */
export interface ReadMetadata {
  readonly metadata: AuditedMetadata;
  /** Canonical JSON of it without the hash. */
  readonly unhashed: string;
  /** What is not as it must be all the same. */
  readonly flaws: readonly Flaw[];
}

export interface Flaw {
  readonly check: Check;
  readonly message: string;
}

const TIME =
  '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z';
/** `[0-9a-f]*` in two thirds of the time: whether a digit or a letter comes, a processor guesses wrong half the time. */
const HEXADECIMAL = '(?:(?![A-Zg-z_])\\w)*';
const PLAIN_KEY = '[!#-\\[\\]-~]+';

/**
 * Good metadata as the ledger writes it, in canonical form but for the hash behind it, if its lengths are good too:
 * to count takes the expression half as long again. The hashes are compared with what they must be, so their digits need
 * not be looked at.
 */
const USUAL = new RegExp(
  `^\\{"\\$causationId":"${PLAIN}","\\$correlationId":"${PLAIN}","actor":"(${PLAIN})",` +
    `"fingerprint":"(${HEXADECIMAL})","idempotencyKey":"(${PLAIN_KEY})","previousHash":"(\\w*)",` +
    `"recordedAt":"(${TIME})","schema":1,"hash":"(\\w*)"\\}$`,
);
const DIGITS = 64;
const LENGTH_OF_HASH = ',"hash":""}'.length + DIGITS;

const TEXTS = '$causationId $correlationId actor idempotencyKey previousHash recordedAt hash'.split(' ');
const IS_HASH = /^[0-9a-f]{64}$/;
const IS_TIME = new RegExp(`^${TIME}$`);
const IS_KEY = /^[!-~]{1,255}$/;

/** Reads an event's metadata. @returns what is wrong with it, in words, if it cannot be read */
export function readMetadata(text: string): ReadMetadata | string {
  const usual = USUAL.exec(text) as unknown as Texts | null;
  if (!usual || !hasGoodLengths(usual) || !isOnADay(usual[5])) return readUnusual(text);
  const metadata: AuditedMetadata = {
    actor: usual[1],
    fingerprint: usual[2],
    idempotencyKey: usual[3],
    previousHash: usual[4],
    recordedAt: usual[5],
    hash: usual[6],
  };
  return { metadata, unhashed: `${text.slice(0, -LENGTH_OF_HASH)}}`, flaws: NONE };
}

type Texts = readonly [string, string, string, string, string, string, string];

const hasGoodLengths = ([, , fingerprint, key, previousHash, , hash]: Texts): boolean =>
  fingerprint.length === DIGITS &&
  key.length <= 255 &&
  previousHash.length === DIGITS &&
  hash.length === DIGITS;

const NONE: readonly Flaw[] = [];

/** The same for metadata with other members, escapes or flaws; takes several times as long. */
function readUnusual(text: string): ReadMetadata | string {
  const members = jsonObject(text);
  if (typeof members === 'string') return members;
  for (const name of TEXTS) if (typeof members[name] !== 'string') return `has no text ${name}`;
  if (members['schema'] !== 1) return `has the schema ${JSON.stringify(members['schema'])}, not 1`;
  const { hash: _, ...unhashed } = members;
  return {
    metadata: members as unknown as AuditedMetadata,
    unhashed: canonical(unhashed),
    flaws: [...flawsOf(members)],
  };
}

function* flawsOf({
  idempotencyKey,
  fingerprint,
  recordedAt,
}: Readonly<Record<string, unknown>>): Generator<Flaw> {
  if (!matches(IS_KEY, idempotencyKey))
    yield { check: 'key', message: 'its idempotency key is not 1 to 255 visible ASCII characters' };
  if (!matches(IS_HASH, fingerprint))
    yield { check: 'fingerprint', message: 'its fingerprint is not a SHA-256 in hexadecimal' };
  if (!isTime(recordedAt))
    yield {
      check: 'time',
      message: `its time ${JSON.stringify(recordedAt)} is no UTC time with milliseconds`,
    };
}

/** UTC with milliseconds, on a day that exists. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && IS_TIME.test(value) && isOnADay(value);

/** Of a time in good form. Few of them take the time of a look: all months have 28 days, and a log stays on a day. */
const isOnADay = (time: string): boolean =>
  time.slice(8, 10) <= '28' || time.startsWith(lateDay) || isOnALateDay(time);

/** The last that was found beyond a 28th, as `YYYY-MM-DD`. */
let lateDay = 'none yet';

function isOnALateDay(time: string): boolean {
  const exists = new Date(time).toISOString() === time;
  if (exists) lateDay = time.slice(0, 10);
  return exists;
}

const matches = (form: RegExp, value: unknown): boolean => typeof value === 'string' && form.test(value);
