const CATEGORY = 'mainAccount-';

/** One stream a main account. The category has no hyphen of its own: EventStoreDB cuts at the first one. */
export const mainAccountStream = (mainAccountId: string): string => CATEGORY + mainAccountId;

/** The main account whose stream it is; undefined for a stream that is none of the ledger's. */
export const mainAccountIdOf = (stream: string): string | undefined =>
  stream.startsWith(CATEGORY) ? stream.slice(CATEGORY.length) : undefined;
