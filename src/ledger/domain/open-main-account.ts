import type { Account } from './account.js';
import { MainAccountAlreadyOpen } from './errors.js';
import type { MainAccountOpened } from './events.js';

export interface OpenMainAccount {
  readonly mainAccountId: string;
  /** ISO 4217 */
  readonly currency: string;
}

/** @throws MainAccountAlreadyOpen */
export function openMainAccount(account: Account, { currency }: OpenMainAccount): MainAccountOpened {
  if (account.currency !== undefined) throw new MainAccountAlreadyOpen(account.mainAccountId);
  return { type: 'MainAccountOpened', data: { currency } };
}
