import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKeys } from './api-keys.js';
import type { Principal } from './principal.js';

/** How long somebody stays signed in. */
export const SESSION_SECONDS = 8 * 3600;

export const SESSION_COOKIE = 'ledger_session';

interface Session {
  readonly id: string;
  readonly principalId: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * The sessions of the dashboard. A session is a signed cookie that names whose key it was opened with, so nothing
 * is kept of it here; it ends with its time, with its key, or by signing out.
 */
export class Sessions {
  /** Signed out before their time; forgotten when that has come. */
  private readonly ended = new Map<string, number>();

  /** @param secret kept in the data directory, so that sessions outlive a restart */
  constructor(
    private readonly secret: Buffer,
    private readonly keys: ApiKeys,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Opens a session. @returns the value of a Set-Cookie header
   * @param secure true when the browser came over https
   */
  open(principal: Principal, secure: boolean): string {
    const endsAt = this.now() + SESSION_SECONDS * 1000;
    const text = [randomBytes(16).toString('base64url'), endsAt, principal.id].join(' ');
    const payload = Buffer.from(text).toString('base64url');
    return setCookie(`${payload}.${this.sign(payload)}`, SESSION_SECONDS, secure);
  }

  /** Ends the session for good, also for who has a copy of it. @returns the value of a Set-Cookie header */
  end(cookies: string | undefined): string {
    const now = this.now();
    for (const [id, endsAt] of this.ended) if (endsAt < now) this.ended.delete(id);
    const session = this.sessionOf(cookies);
    if (session) this.ended.set(session.id, session.endsAt);
    return setCookie('', 0, false);
  }

  /** Who is signed in; undefined without a session, or with one that has ended. */
  principalOf(cookies: string | undefined): Principal | undefined {
    const session = this.sessionOf(cookies);
    return session && this.keys.principal(session.principalId);
  }

  /** Tells one session from another; undefined without one. */
  idOf(cookies: string | undefined): string | undefined {
    return this.sessionOf(cookies)?.id;
  }

  private sessionOf(cookies: string | undefined): Session | undefined {
    const [, payload, signature] = COOKIE_VALUE.exec(cookies ?? '') ?? [];
    if (!payload || !signature) return undefined;
    const expected = Buffer.from(this.sign(payload));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [id = '', endsAt, principalId = ''] = Buffer.from(payload, 'base64url').toString().split(' ');
    const session = { id, principalId, endsAt: Number(endsAt) };
    return session.endsAt > this.now() && !this.ended.has(id) ? session : undefined;
  }

  private sign(payload: string): string {
    return createHmac('sha256', this.secret).update(payload).digest('base64url');
  }
}

const COOKIE_VALUE = new RegExp(`(?:^|; ?)${SESSION_COOKIE}=([\\w-]{1,1000})\\.([\\w-]{43})(?:;|$)`);

const setCookie = (value: string, seconds: number, secure: boolean): string =>
  `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
