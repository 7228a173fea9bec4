import type { QueryBus } from '@nestjs/cqrs';
import { OutcomeUnknown, StoreUnavailable } from '../event-store/errors.js';
import { CommandNotFound } from '../ledger/domain/errors.js';
import type { Receipt } from '../ledger/domain/receipt.js';
import { GetReceiptQuery } from '../ledger/queries/get-receipt.js';
import { LookUpNamesQuery } from '../projections/names/look-up-names.js';
import { field, isFormKey } from './form.js';
import { accountLabel } from './format.js';
import type { View } from './view.js';

/** What a form did, in words. */
export interface Done {
  readonly text: string;
  /** True when it was done before, and the form was sent again. */
  readonly again: boolean;
}

/** Why a receipt cannot be had. */
const UNTOLD = [CommandNotFound, StoreUnavailable, OutcomeUnknown];

/**
 * What the form did that led here, told from its receipt.
 * @param query of the address that it led to
 */
export async function justDone(
  queries: QueryBus,
  view: View,
  query: unknown,
  currency: string,
): Promise<Done | undefined> {
  if (field(query, 'named')) return { text: view.t.name.saved, again: false };
  const key = field(query, 'done');
  if (!isFormKey(key)) return undefined;
  try {
    const mainAccountId = view.mainAccountId ?? '';
    const { receipt: json } = await queries.execute(new GetReceiptQuery(mainAccountId, key));
    const receipt = JSON.parse(json) as Receipt;
    const { sipAccountId = '' } = receipt;
    const { names } = await queries.execute(new LookUpNamesQuery(mainAccountId, [sipAccountId]));
    const account = accountLabel(sipAccountId, names.get(sipAccountId));
    return { text: textOf(view, receipt, account, currency), again: field(query, 'again') === '1' };
  } catch (error) {
    // It is in the figures; that it cannot be told in words now is no reason to show none.
    if (UNTOLD.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

/** @param account the SIP account that it was done to */
function textOf(view: View, receipt: Receipt, account: string, currency: string): string {
  const { done } = view.t;
  const { type, amount = '', mainAccount, sipAccount = mainAccount } = receipt;
  const money = (text: string) => view.money(text, currency);
  switch (type) {
    case 'CreditAllocated':
      return done.CreditAllocated(money(amount), account, money(sipAccount.available));
    case 'CreditReclaimed':
      return done.CreditReclaimed(money(amount), account, money(mainAccount.available));
    case 'CreditPurchased':
      return done.CreditPurchased(money(amount), money(mainAccount.available));
    case 'SipAccountAdded':
      return done.SipAccountAdded(account);
    case 'MainAccountOpened':
      return done.MainAccountOpened(receipt.mainAccountId);
  }
}
