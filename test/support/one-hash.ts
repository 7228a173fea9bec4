import { keyHash } from '../../src/projections/accounts/key-hash.js';

/** Two main accounts whose commands with this key are found by one number. */
export function accountsOfOneHash(idempotencyKey: string): readonly [string, string] {
  const accounts = new Map<number, string>();
  for (let n = 0; ; n += 1) {
    const account = `customer-${n}`;
    const hash = keyHash(account, idempotencyKey);
    const other = accounts.get(hash);
    if (other !== undefined) return [other, account];
    accounts.set(hash, account);
  }
}
