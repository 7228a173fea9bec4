import { InvalidCursor } from './errors.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export interface PageRequest {
  /** `next` of the page before; from the start when undefined. */
  readonly after?: string | undefined;
  /** Rows at most: 1 to 1000, 100 when undefined. */
  readonly limit?: number | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Cursor of the page after this one; null when there is none. */
  readonly next: string | null;
}

const CURSOR = /^(0|[1-9][0-9]{0,14})$/;

/** The place that a page comes after; undefined for the first page. @throws InvalidCursor */
export function placeOf({ after }: PageRequest): number | undefined {
  if (after !== undefined && !CURSOR.test(after)) throw new InvalidCursor(after);
  return after === undefined ? undefined : Number(after);
}

/** The cursor of the page that comes after a place. */
export const cursorOf = (place: number | null): string | null => (place === null ? null : String(place));

export const limitOf = ({ limit = DEFAULT_LIMIT }: PageRequest): number =>
  Math.min(Math.max(limit, 1), MAX_LIMIT);

/**
 * Reads one page. A cursor is the place of the last row of the page before.
 * @param read gives the rows after a place, in order of place, as many as asked for
 * @throws InvalidCursor
 */
export function readPage<Row extends { readonly place: number }>(
  request: PageRequest,
  read: (after: number, count: number) => readonly Row[],
): Page<Row> {
  const count = limitOf(request);
  // One more than asked for tells whether there is another page.
  const rows = read(placeOf(request) ?? -1, count + 1);
  const page = rows.slice(0, count);
  return { rows: page, next: rows.length > count ? String(page.at(-1)?.place) : null };
}
