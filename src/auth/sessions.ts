import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKeys } from './api-keys.js';
import type { EndedSessions } from './ended-sessions.js';
import { type Principal, ROLES } from './principal.js';
import { TOKEN_PRINCIPAL } from './tokens.js';

/** How long somebody stays signed in. */
export const SESSION_SECONDS = 8 * 3600;

export const SESSION_COOKIE = 'ledger_session';

interface Session {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly principal: Principal;
}

/**
 * The sessions of the dashboard. A session is a signed cookie that says who came in, so nothing is kept of it here;
 * it ends with its time, with its key or token, or by signing out.
 */
export class Sessions {
  /**
   * @param secret kept in the data directory, so that sessions outlive a restart
   * @param ended kept beside it
   * @param takesTokens whether tokens are configured; without, nobody is signed in by one any more
   */
  constructor(
    private readonly secret: Buffer,
    private readonly keys: ApiKeys,
    private readonly ended: EndedSessions,
    private readonly takesTokens: boolean,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Opens a session. @returns the value of a Set-Cookie header
   * @param secure true when the browser came over https
   * @param until when a token ends, in milliseconds since 1970: the session is over then at the latest
   */
  open({ id, roles, mainAccountId = '' }: Principal, secure: boolean, until = Infinity): string {
    const endsAt = Math.min(until, this.now() + SESSION_SECONDS * 1000);
    const text = [randomBytes(16).toString('base64url'), endsAt, id, roles.join(), mainAccountId].join(' ');
    const payload = Buffer.from(text).toString('base64url');
    const seconds = Math.floor((endsAt - this.now()) / 1000);
    return setCookie(`${payload}.${this.sign(payload)}`, seconds, secure);
  }

  /** Ends the session for good, also for who has a copy of it. @returns the value of a Set-Cookie header */
  end(cookies: string | undefined): string {
    const session = this.sessionOf(cookies);
    if (session) this.ended.add(session.id, session.endsAt);
    return setCookie('', 0, false);
  }

  /** Who is signed in; undefined without a session, or with one that has ended. */
  principalOf(cookies: string | undefined): Principal | undefined {
    const principal = this.sessionOf(cookies)?.principal;
    if (!principal?.id.startsWith(TOKEN_PRINCIPAL)) return principal && this.keys.principal(principal.id);
    return this.takesTokens ? principal : undefined;
  }

  /** Tells one session from another; undefined without one. */
  idOf(cookies: string | undefined): string | undefined {
    return this.sessionOf(cookies)?.id;
  }

  private sessionOf(cookies: string | undefined): Session | undefined {
    const [, payload, signature] = COOKIE_VALUE.exec(cookies ?? '') ?? [];
    if (!payload || !signature) return undefined;
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(this.sign(payload)))) return undefined;
    const session = parse(Buffer.from(payload, 'base64url').toString());
    return session.endsAt > this.now() && !this.ended.has(session.id) ? session : undefined;
  }

  private sign(payload: string): string {
    return createHmac('sha256', this.secret).update(payload).digest('base64url');
  }
}

function parse(payload: string): Session {
  const [id = '', endsAt, principalId = '', roles = '', mainAccountId] = payload.split(' ');
  const principal = {
    id: principalId,
    roles: ROLES.filter((role) => roles.split(',').includes(role)),
    mainAccountId: mainAccountId || undefined,
  };
  return { id, endsAt: Number(endsAt), principal };
}

/** A signature of another length is none, and no other can be compared. */
const COOKIE_VALUE = new RegExp(`(?:^|; ?)${SESSION_COOKIE}=([\\w-]{1,1000})\\.([\\w-]{43})(?:;|$)`);

const setCookie = (value: string, seconds: number, secure: boolean): string =>
  `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
