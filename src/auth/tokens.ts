import { createPublicKey } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { LRUCache } from 'lru-cache';
import type { JwtConfig } from '../config/config.js';
import { ACCOUNT_ID, digest } from './api-key.js';
import { type Principal, type Role, ROLES } from './principal.js';

/** The issuer's keys cannot be had, so nobody can say whether the token is good. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

/** Asymmetric only: with HMAC the issuer's public key, which everybody has, would be the secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_SECONDS = 5;
/** A token is looked at again after this time, so that a key the issuer has withdrawn does not live on here. */
const MAX_CACHED_MS = 600_000;
const MAX_CACHED_TOKENS = 10_000;
const MAX_TOKEN_LENGTH = 8192;
/** An issuer that did not give its keys is left alone for so long: anybody can send tokens that need them. */
const ASK_AGAIN_MS = 5000;

/** What jose says of a token that is bad whatever the issuer's keys are. */
const REFUSED = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/** How the id of a token's principal begins. */
export const TOKEN_PRINCIPAL = 'jwt:';

/** A good token. */
interface Verified {
  readonly principal: Principal;
  /** When it is taken no longer, in milliseconds since 1970: a token ends by the clock on the wall. */
  readonly endsAt: number;
  /** Until when it need not be looked at again. */
  readonly until: number;
}

/** Bearer JWTs of one issuer. */
export class Tokens {
  private readonly key: JWTVerifyGetKey;
  /** By the token's hash: the cache holds nothing that could be used to come in. */
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_CACHED_TOKENS });

  /** @param warn told what an operator should know */
  constructor(
    private readonly config: JwtConfig,
    warn: (message: string) => void,
  ) {
    const { jwksUrl, publicKey } = config;
    if (jwksUrl) this.key = createRemoteJWKSet(new URL(jwksUrl), { [customFetch]: patientFetch(warn) });
    else {
      const key = createPublicKey(publicKey ?? '');
      this.key = () => key;
    }
  }

  /**
   * Whose token it is; undefined for a text that is no valid token. Answers at once for a token seen before.
   * @throws IssuerUnavailable
   */
  verify(token: string): Principal | undefined | Promise<Principal | undefined> {
    return this.known(token) ?? this.check(token).then((good) => good?.principal);
  }

  /** The principal of a token that was looked at before, and is still good. */
  known(token: string): Principal | undefined {
    const known = this.verified.get(digest(token));
    return known && Date.now() < known.until ? known.principal : undefined;
  }

  /**
   * Looks at a token, whether it was seen before or not.
   * @returns whose it is and when it ends; undefined for a text that is no valid token
   * @throws IssuerUnavailable
   */
  async check(token: string): Promise<Verified | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const payload = await this.payloadOf(token);
    const principal = payload && principalOf(payload);
    if (!payload || !principal) return undefined;
    const endsAt = ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000;
    const good = { principal, endsAt, until: Math.min(endsAt, Date.now() + MAX_CACHED_MS) };
    this.verified.set(digest(token), good);
    return good;
  }

  private async payloadOf(token: string): Promise<JWTPayload | undefined> {
    const { issuer, audience } = this.config;
    try {
      const { payload } = await jwtVerify(token, this.key, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      return payload;
    } catch (error) {
      // With a key of our own there is no issuer that could be away.
      if (this.config.publicKey || REFUSED.some((kind) => error instanceof kind)) return undefined;
      throw new IssuerUnavailable('The keys of the token issuer cannot be had now', { cause: error });
    }
  }
}

/** Asks the issuer, but for a while after it has failed. @param warn told why it has */
function patientFetch(warn: (message: string) => void): FetchImplementation {
  let failedAt = -Infinity;
  return async (url, options) => {
    if (performance.now() - failedAt < ASK_AGAIN_MS) throw new Error('It has just been asked, in vain');
    try {
      const response = await fetch(url, options);
      if (!response.ok) throw new Error(`It answered ${response.status}`);
      // Throws for what are no keys, such as a proxy's page that says so, and for what does not come to its end.
      createLocalJWKSet((await response.clone().json()) as JSONWebKeySet);
      return response;
    } catch (error) {
      failedAt = performance.now();
      warn(`the issuer's keys cannot be had from LEDGER_JWT_JWKS_URL: ${reasonOf(error)}`);
      throw error;
    }
  };
}

/** Node says why a request failed in the cause alone. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ? `${message}: ${code}` : message;
}

/** Undefined when the claims are not what the ledger asks for. */
function principalOf({ sub, roles: claimed, main_account_id }: JWTPayload): Principal | undefined {
  if (typeof sub !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(sub)) return undefined;
  const roles = rolesOf(claimed);
  if (!roles.includes('customer')) return { id: TOKEN_PRINCIPAL + sub, roles, mainAccountId: undefined };
  if (roles.length > 1 || typeof main_account_id !== 'string' || !ACCOUNT_ID.test(main_account_id))
    return undefined;
  return { id: TOKEN_PRINCIPAL + sub, roles, mainAccountId: main_account_id };
}

/** An issuer may give roles that mean nothing here. */
function rolesOf(claimed: unknown): readonly Role[] {
  const names: readonly unknown[] =
    typeof claimed === 'string' ? claimed.split(' ') : Array.isArray(claimed) ? claimed : [];
  return ROLES.filter((role) => names.includes(role));
}
