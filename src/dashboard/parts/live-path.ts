import type { View } from '../view.js';

/**
 * What a page has seen of an account.
 * @param namesPosition where its names last changed
 */
export const seenText = (revision: number, namesPosition: bigint): string => `${revision}-${namesPosition}`;

/** Where a page hears of what is newer than it shows. */
export const livePath = (view: View, revision: number, namesPosition: bigint): string =>
  view.to(`/live?seen=${seenText(revision, namesPosition)}`);
