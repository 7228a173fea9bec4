import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'ledger';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export async function signingKey(kid: string, algorithm = 'ES256'): Promise<SigningKey> {
  return { kid, algorithm, ...(await generateKeyPair(algorithm, { extractable: true })) };
}

export const pemOf = ({ publicKey }: SigningKey): Promise<string> => exportSPKI(publicKey);

/** A good token, but for what the claims change; a claim of undefined is left out. */
export function token(
  key: Omit<SigningKey, 'kid'> & { readonly kid: string | undefined },
  claims: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'service-7',
    iat: now,
    exp: now + 60,
    roles: ['billing'],
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
    .setProtectedHeader({ alg: key.algorithm, ...(key.kid && { kid: key.kid }) })
    .sign(key.privateKey);
}

/** An issuer that publishes its keys on loopback, and can fall silent. */
export class JwksServer {
  keys: readonly SigningKey[] = [];
  requests = 0;
  down = false;
  /** What it says in the place of its keys. */
  instead: string | undefined;
  /** How long an answer takes. */
  delayMs = 0;
  private readonly server: Server = createServer((_request, response) => void this.answer(response));

  static async start(...keys: SigningKey[]): Promise<JwksServer> {
    const jwks = new JwksServer();
    jwks.keys = keys;
    jwks.server.listen(0, '127.0.0.1');
    await once(jwks.server, 'listening');
    return jwks;
  }

  get env(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return {
      LEDGER_JWT_ISSUER: ISSUER,
      LEDGER_JWT_AUDIENCE: AUDIENCE,
      LEDGER_JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
    };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(response: ServerResponse): Promise<void> {
    this.requests += 1;
    await passed(this.delayMs);
    const keys = await Promise.all(
      this.keys.map(async ({ kid, algorithm, publicKey }) => ({
        ...(await exportJWK(publicKey)),
        kid,
        alg: algorithm,
      })),
    );
    response.writeHead(this.down ? 500 : 200, { 'content-type': 'application/json' });
    response.end(this.down ? 'down' : (this.instead ?? JSON.stringify({ keys })));
  }
}
