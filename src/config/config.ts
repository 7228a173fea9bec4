import { isAbsolute, resolve } from 'node:path';
import { VARIABLES, type Value, type Variable, type VariableName } from './variables.js';

/** The whole configuration: read from the environment once, validated, frozen. docs/reference/configuration.md lists it. */
export interface Config {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly store: 'sqlite' | 'eventstoredb';
  /** `esdb://…`, also a cluster. Required when `store` is `eventstoredb`. */
  readonly eventStoreDbUrl: string | undefined;
  /** A first API key with every role. */
  readonly bootstrapKey: string | undefined;
  /** Requests per second and key; 0 = off. */
  readonly rateLimit: number;
  /** Addresses and networks of which `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies: readonly string[];
  readonly shopUrl: string | undefined;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** How long a query waits for `Ledger-At-Least`, in milliseconds. */
  readonly readWaitMs: number;
  readonly jwt: JwtConfig | undefined;
}

export interface JwtConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Where the public keys are: a JWKS URL, or a PEM. Exactly one of the two. */
  readonly jwksUrl: string | undefined;
  readonly publicKey: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the environment, one line a variable. Shows no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the configuration. An empty variable counts as not set.
 * @throws ConfigError naming every variable that is wrong, unknown or missing
 */
export function loadConfig(env: Environment): Config {
  const problems = [...unknownVariables(env), ...wrongCombinations(env)];
  const read = <N extends VariableName>(name: N): Value<N> => {
    const { parse, allowed, secret, initial }: Variable<unknown> = VARIABLES[name];
    const text = env[name] || initial;
    if (text === undefined) return undefined as Value<N>;
    const value = parse(text);
    if (value === undefined)
      problems.push(`${name} ${secret ? 'is not valid' : `is ${JSON.stringify(text)}`}; allowed: ${allowed}`);
    return value as Value<N>;
  };
  const dataDir = read('LEDGER_DATA_DIR');
  const config: Config = {
    host: read('LEDGER_HOST'),
    port: read('LEDGER_PORT'),
    dataDir: isAbsolute(dataDir) ? dataDir : resolve(dataDir),
    store: read('LEDGER_STORE'),
    eventStoreDbUrl: read('LEDGER_EVENTSTOREDB_URL'),
    bootstrapKey: read('LEDGER_BOOTSTRAP_KEY'),
    rateLimit: read('LEDGER_RATE_LIMIT'),
    trustedProxies: read('LEDGER_TRUSTED_PROXIES') ?? [],
    shopUrl: read('LEDGER_SHOP_URL'),
    logLevel: read('LEDGER_LOG_LEVEL'),
    readWaitMs: read('LEDGER_READ_WAIT_MS'),
    jwt: wantsJwt(env)
      ? Object.freeze({
          issuer: read('LEDGER_JWT_ISSUER') ?? '',
          audience: read('LEDGER_JWT_AUDIENCE') ?? '',
          jwksUrl: read('LEDGER_JWT_JWKS_URL'),
          publicKey: read('LEDGER_JWT_PUBLIC_KEY'),
        })
      : undefined,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** A misspelt variable would silently leave the default in force. */
const unknownVariables = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('LEDGER_') && !(name in VARIABLES))
    .map((name) => `${name} is not a variable of the ledger`);

const wantsJwt = (env: Environment): boolean =>
  Object.keys(env).some((name) => name.startsWith('LEDGER_JWT_') && env[name]);

function wrongCombinations(env: Environment): string[] {
  const problems: string[] = [];
  const isSet = (name: VariableName): boolean => Boolean(env[name]);
  const eventStoreDb = env['LEDGER_STORE'] === 'eventstoredb';
  if (eventStoreDb && !isSet('LEDGER_EVENTSTOREDB_URL'))
    problems.push('LEDGER_EVENTSTOREDB_URL is missing; LEDGER_STORE=eventstoredb needs it');
  if (!eventStoreDb && isSet('LEDGER_EVENTSTOREDB_URL'))
    problems.push('LEDGER_EVENTSTOREDB_URL is set, but LEDGER_STORE is not eventstoredb');
  if (!wantsJwt(env)) return problems;
  for (const name of ['LEDGER_JWT_ISSUER', 'LEDGER_JWT_AUDIENCE'] as const)
    if (!isSet(name)) problems.push(`${name} is missing; tokens cannot be checked without it`);
  if (isSet('LEDGER_JWT_JWKS_URL') === isSet('LEDGER_JWT_PUBLIC_KEY'))
    problems.push('LEDGER_JWT_JWKS_URL or LEDGER_JWT_PUBLIC_KEY: exactly one of the two must be set');
  return problems;
}
