const CATEGORY = 'profile-';

/** The category has no hyphen of its own, as the ledger's. */
export const profileStream = (mainAccountId: string): string => CATEGORY + mainAccountId;

/** The main account whose profile it is; undefined for a stream that is none. */
export const profileOf = (stream: string): string | undefined =>
  stream.startsWith(CATEGORY) ? stream.slice(CATEGORY.length) : undefined;

/**
 * What happens to the names of a main account's SIP accounts. An empty name takes the name away. After an erasure
 * nothing is left of the stream but that it was erased, by which those who have read it before know.
 */
export type ProfileEvent =
  | { readonly type: 'SipAccountNamed'; readonly data: SipAccountNamed }
  | { readonly type: 'NamesErased'; readonly data: Readonly<Record<string, never>> };

export interface SipAccountNamed {
  readonly sipAccountId: string;
  readonly name: string;
}

/** @throws SyntaxError when the data are no JSON, TypeError for an event that is none of these */
export function parseProfileEvent(type: string, data: string): ProfileEvent {
  if (type === 'NamesErased') return { type, data: {} };
  const { sipAccountId, name } = JSON.parse(data) as Partial<SipAccountNamed>;
  if (type !== 'SipAccountNamed' || typeof sipAccountId !== 'string' || typeof name !== 'string')
    throw new TypeError(`${type} is no event of a profile`);
  return { type, data: { sipAccountId, name } };
}
