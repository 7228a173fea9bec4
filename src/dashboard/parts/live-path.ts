import type { View } from '../view.js';

/**
 * What a page has seen of an account.
 * @param namesPosition where its names last changed; undefined on a page that shows none
 */
export const seenText = (revision: number, namesPosition?: bigint): string =>
  namesPosition === undefined ? String(revision) : `${revision}-${namesPosition}`;

/** Where a page hears of what is newer than it shows. */
export const livePath = (view: View, revision: number, namesPosition?: bigint): string =>
  view.to(`/live?seen=${seenText(revision, namesPosition)}`);
