import { randomBytes } from 'node:crypto';
import { digest } from './api-key.js';
import type { ApiKeys } from './api-keys.js';
import type { Principal } from './principal.js';

export const LINK_MINUTES = 60;

/** So many links may wait to be used; the oldest goes first. */
export const MAX_LINKS = 1000;

/** One-time links that sign somebody in to the dashboard without a key. They live in memory: one process knows them, and a restart ends them. */
export class SignInLinks {
  private readonly links = new Map<string, { readonly principalId: string; readonly endsAt: number }>();

  constructor(
    private readonly keys: ApiKeys,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns the path of a link that signs in as the principal, once */
  make(principal: Principal): string {
    const token = randomBytes(24).toString('base64url');
    this.links.set(digest(token), { principalId: principal.id, endsAt: this.now() + LINK_MINUTES * 60_000 });
    const [oldest = ''] = this.links.keys();
    if (this.links.size > MAX_LINKS) this.links.delete(oldest);
    // In the query, which no log holds.
    return `/sign-in?link=${token}`;
  }

  /** Whose link it is; undefined for one that was used, is too old, or never was. */
  principalOf(token: string): Principal | undefined {
    const link = this.links.get(digest(token));
    return link && link.endsAt > this.now() ? this.keys.principal(link.principalId) : undefined;
  }

  /** Ends a link. @returns false when it was used in the meantime */
  use(token: string): boolean {
    return this.links.delete(digest(token));
  }
}
