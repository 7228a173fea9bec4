import type { QueryBus } from '@nestjs/cqrs';
import { SipAccountNotFound } from '../ledger/domain/errors.js';
import { GetSipAccountQuery } from '../projections/accounts/get-sip-account.js';
import { SearchSipAccountsQuery } from '../projections/accounts/search-sip-accounts.js';
import { searchText } from '../projections/names/search-text.js';

/** As many are offered to choose from; the others are found by what is typed. */
const OFFERED = 300;

/** The SIP accounts of a main account to choose from, and those that a text may mean. */
export const accountsToChoose = (queries: QueryBus, mainAccountId: string, contains = '') =>
  queries.execute(
    new SearchSipAccountsQuery({
      mainAccountId,
      contains,
      orderBy: 'added',
      descending: false,
      offset: 0,
      limit: OFFERED,
      largest: 0,
    }),
  );

/** The SIP account that a text means; otherwise how many it may mean. */
export type AccountChoice = { readonly sipAccountId: string } | { readonly fits: number };

/** Reads which SIP account somebody means, by its id, by its id and name as pages write them, or by its name. */
export async function chooseAccount(
  queries: QueryBus,
  mainAccountId: string,
  text: string,
): Promise<AccountChoice> {
  const [, labelled] = /^(\S+) \(.*\)$/.exec(text) ?? [];
  const sipAccountId = labelled ?? text;
  if (await exists(queries, mainAccountId, sipAccountId)) return { sipAccountId };
  const { found, sipAccounts } = await accountsToChoose(queries, mainAccountId, text);
  const named = sipAccounts.filter(({ name = '' }) => searchText(name) === searchText(text));
  const [meant] = named.length === 1 ? named : found === 1 ? sipAccounts : [];
  return meant ?? { fits: found };
}

async function exists(queries: QueryBus, mainAccountId: string, sipAccountId: string): Promise<boolean> {
  try {
    await queries.execute(new GetSipAccountQuery({ mainAccountId, sipAccountId }));
    return true;
  } catch (error) {
    if (error instanceof SipAccountNotFound) return false;
    throw error;
  }
}
