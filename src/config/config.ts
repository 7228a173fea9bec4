/** The whole configuration: read from the environment once, validated, frozen. docs/reference/configuration.md lists it. */
export interface Config {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly dataDir: string;
  readonly store: 'sqlite' | 'eventstoredb';
  /** `esdb://…`, also a cluster. Required when `store` is `eventstoredb`. */
  readonly eventStoreDbUrl: string | undefined;
  /** A first API key with every role. */
  readonly bootstrapKey: string | undefined;
  /** Requests per second and key; 0 = off. */
  readonly rateLimit: number;
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
