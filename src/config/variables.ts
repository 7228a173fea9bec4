import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';

/** One environment variable: what docs/reference/configuration.md says of it, and how its text is read. */
export interface Variable<T> {
  /** The text that stands for a variable that is not set; undefined = it has no default. */
  readonly initial: string | undefined;
  /** What is allowed, as the end of "allowed: …". */
  readonly allowed: string;
  /** A secret's text is never shown. */
  readonly secret?: true;
  /** Undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (text: string): T | undefined =>
    values.find((value) => value === text);

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number | undefined => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    return value >= least && value <= most ? value : undefined;
  };

const matching =
  (pattern: RegExp) =>
  (text: string): string | undefined =>
    pattern.test(text) ? text : undefined;

const url =
  (allowed: (url: URL) => boolean) =>
  (text: string): string | undefined =>
    URL.canParse(text) && allowed(new URL(text)) ? text : undefined;

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Names that Fastify has for networks without the internet. */
const NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** Not that of everybody, such as 0.0.0.0/0: each caller could say then where it comes from. */
function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([\da-f.:]+)(?:\/([1-9]\d{0,2}))?$/i.exec(text) ?? [];
  return (
    NETWORKS.includes(text) || (isIP(address) > 0 && Number(bits ?? 1) <= (isIP(address) === 4 ? 32 : 128))
  );
}

function networks(text: string): readonly string[] | undefined {
  const all = text.split(',').map((one) => one.trim());
  return all.every(isNetwork) ? Object.freeze(all) : undefined;
}

/** A PEM, also with `\n` written out, as env files have it. Only kinds that tokens are signed with. */
function publicKey(text: string): string | undefined {
  const pem = text.replaceAll('\\n', '\n');
  if (pem.includes('PRIVATE KEY')) return undefined;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return undefined;
    const kind = asymmetricKeyType === 'ec' ? asymmetricKeyDetails?.namedCurve : asymmetricKeyType;
    return /^(rsa|ed25519|prime256v1|secp384r1|secp521r1)$/.test(kind ?? '') ? pem : undefined;
  } catch {
    return undefined;
  }
}

const define = <const V extends Readonly<Record<`LEDGER_${string}`, Variable<unknown>>>>(variables: V): V =>
  variables;

/** Every variable there is. The only place that knows their names. */
export const VARIABLES = define({
  LEDGER_HOST: {
    initial: '127.0.0.1',
    allowed: 'an IP address or a host name',
    parse: matching(/^[A-Za-z0-9.:_-]{1,253}$/),
  },
  LEDGER_PORT: { initial: '3000', allowed: 'a whole number from 0 to 65535', parse: wholeNumber(0, 65_535) },
  LEDGER_DATA_DIR: {
    initial: './data',
    allowed: 'the path of a directory',
    parse: (text) => (text.includes('\0') ? undefined : text),
  },
  LEDGER_STORE: {
    initial: 'sqlite',
    allowed: 'sqlite or eventstoredb',
    parse: oneOf('sqlite', 'eventstoredb'),
  },
  LEDGER_EVENTSTOREDB_URL: {
    initial: undefined,
    allowed: 'an address that begins with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    // The address may carry a password.
    secret: true,
    parse: matching(/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/),
  },
  LEDGER_BOOTSTRAP_KEY: {
    initial: undefined,
    allowed: '16 to 256 visible ASCII characters without spaces',
    secret: true,
    parse: matching(/^[\x21-\x7e]{16,256}$/),
  },
  LEDGER_RATE_LIMIT: {
    initial: '0',
    allowed: 'a whole number from 0 to 1000000',
    parse: wholeNumber(0, 1_000_000),
  },
  LEDGER_TRUSTED_PROXIES: {
    initial: undefined,
    allowed:
      'IP addresses and networks such as 192.0.2.0/24, or loopback, linklocal, uniquelocal, with commas between',
    parse: networks,
  },
  LEDGER_SHOP_URL: {
    initial: undefined,
    allowed: 'an address that begins with https:// or http://',
    parse: url(({ protocol }) => protocol === 'https:' || protocol === 'http:'),
  },
  LEDGER_LOG_LEVEL: { initial: 'info', allowed: LOG_LEVELS.join(', '), parse: oneOf(...LOG_LEVELS) },
  LEDGER_READ_WAIT_MS: {
    initial: '2000',
    allowed: 'a whole number from 0 to 60000',
    parse: wholeNumber(0, 60_000),
  },
  LEDGER_JWT_ISSUER: { initial: undefined, allowed: 'text without spaces', parse: matching(/^\S+$/) },
  LEDGER_JWT_AUDIENCE: { initial: undefined, allowed: 'text without spaces', parse: matching(/^\S+$/) },
  LEDGER_JWT_JWKS_URL: {
    initial: undefined,
    allowed: 'an address that begins with https://, or with http:// on this machine',
    // Whoever can change the keys on their way can make tokens.
    parse: url(
      ({ protocol, hostname }) => protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)),
    ),
  },
  LEDGER_JWT_PUBLIC_KEY: {
    initial: undefined,
    allowed: 'a public key in PEM form: RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519',
    secret: true,
    parse: publicKey,
  },
});

export type VariableName = keyof typeof VARIABLES;

/** What a variable's text becomes; undefined only where there is no default. */
export type Value<N extends VariableName> =
  | Exclude<ReturnType<(typeof VARIABLES)[N]['parse']>, undefined>
  | ((typeof VARIABLES)[N]['initial'] extends undefined ? undefined : never);
