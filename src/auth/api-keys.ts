import { type ApiKey, digest, idWithin, KEY_PRINCIPAL, makeApiKey, matches, principalOf } from './api-key.js';
import type { ApiKeysFile } from './api-keys-file.js';
import type { Principal, Role } from './principal.js';

/** Revoking it would leave nobody who can make keys. */
export class LastOperatorKey extends Error {
  override readonly name = 'LastOperatorKey';
  constructor() {
    super('This is the last operator key; make another one before you revoke it');
  }
}

/** What a first or bootstrap key may do: everything but being a customer. */
const ALL_ROLES: readonly Role[] = ['billing', 'auditor', 'operator'];

const isOperator = ({ roles }: ApiKey): boolean => roles.includes('operator');

interface Entry {
  readonly apiKey: ApiKey;
  /** Its digits. */
  readonly hash: Buffer;
  readonly principal: Principal;
}

/**
 * The API keys, in memory and in their file. Changes are rare and go to disk before they count; they are made
 * in one turn of the event loop, so that two of them cannot overwrite each other.
 */
export class ApiKeys {
  private readonly entries = new Map<string, Entry>();
  private readonly bootstrap: { readonly hash: Buffer; readonly principal: Principal } | undefined;

  /**
   * @param otherWaysIn true when operators can come in without a key of the file or the bootstrap key
   * @param warn told what an operator should know
   * @throws ApiKeysFileError, CannotRead
   */
  constructor(
    private readonly file: ApiKeysFile,
    bootstrapKey: string | undefined,
    private readonly otherWaysIn: boolean,
    warn: (message: string) => void,
  ) {
    if (bootstrapKey)
      this.bootstrap = {
        hash: Buffer.from(digest(bootstrapKey)),
        principal: { id: `${KEY_PRINCIPAL}bootstrap`, roles: ALL_ROLES, mainAccountId: undefined },
      };
    for (const apiKey of file.read(warn)) this.remember(apiKey);
  }

  /** Where the hashes are kept. */
  get path(): string {
    return this.file.path;
  }

  /**
   * Makes the key of a first start, which has no other way in. It is shown before it is kept: one that was kept and
   * that nobody has seen would leave no way in, and no later start would make another.
   * @throws CannotWrite
   */
  makeFirst(show: (key: string, principal: Principal) => void): void {
    if (this.entries.size > 0 || this.bootstrap || this.otherWaysIn) return;
    const { key, apiKey } = makeApiKey({ name: 'first key', roles: ALL_ROLES }, new Date());
    show(key, principalOf(apiKey));
    this.keep(apiKey);
  }

  /** Whose key it is; undefined for a text that is no valid key. */
  verify(key: string): Principal | undefined {
    const entry = this.entries.get(idWithin(key)) ?? this.bootstrap;
    return entry && matches(key, entry.hash) ? entry.principal : undefined;
  }

  /** The principal of a key that is there still, by the principal's id. */
  principal(id: string): Principal | undefined {
    if (id === this.bootstrap?.principal.id) return this.bootstrap.principal;
    return id.startsWith(KEY_PRINCIPAL)
      ? this.entries.get(id.slice(KEY_PRINCIPAL.length))?.principal
      : undefined;
  }

  /** Oldest first. */
  list(): readonly ApiKey[] {
    return Array.from(this.entries.values(), ({ apiKey }) => apiKey);
  }

  /** @returns the key, which cannot be had again. @throws CannotWrite */
  create(about: Pick<ApiKey, 'name' | 'roles' | 'mainAccountId'>): { key: string; apiKey: ApiKey } {
    const made = makeApiKey(about, new Date());
    this.keep(made.apiKey);
    return made;
  }

  /** @returns whether there was such a key. @throws LastOperatorKey, CannotWrite */
  revoke(id: string): boolean {
    if (!this.entries.has(id)) return false;
    const rest = this.list().filter((apiKey) => apiKey.id !== id);
    const isLast = this.list().some(isOperator) && !rest.some(isOperator);
    if (isLast && !this.bootstrap && !this.otherWaysIn) throw new LastOperatorKey();
    this.file.write(rest);
    this.entries.delete(id);
    return true;
  }

  private keep(apiKey: ApiKey): void {
    this.file.write([...this.list(), apiKey]);
    this.remember(apiKey);
  }

  private remember(apiKey: ApiKey): void {
    this.entries.set(apiKey.id, {
      apiKey,
      hash: Buffer.from(apiKey.hash),
      principal: principalOf(apiKey),
    });
  }
}
