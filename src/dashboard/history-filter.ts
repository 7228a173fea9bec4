import type { LedgerEvent } from '../ledger/domain/events.js';
import { field } from './form.js';
import { en } from './texts/en.js';
import type { View } from './view.js';

/** An id with the longest name beside it, and what stands around that. */
export const LONGEST_ACCOUNT = 160;

/** What a history is narrowed down to. Empty texts narrow nothing. */
export interface HistoryFilter {
  readonly account: string;
  readonly kind: LedgerEvent['type'] | '';
  /** Days, as `2026-11-22`, both included. */
  readonly since: string;
  readonly until: string;
}

/** What is wrong with the days that a period is given by: one that does not exist, or an end before the beginning. */
export type PeriodFlaw = 'invalidDate' | 'reversedPeriod';

/** What a history is searched for, and how the page shows it. */
export interface HistorySearch {
  readonly filter: HistoryFilter;
  readonly flaw: PeriodFlaw | undefined;
  readonly type: LedgerEvent['type'] | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** Reads the filter of a history's address. Days are days in UTC, both included. */
export function historyFilterOf(query: unknown): HistorySearch {
  const account = field(query, 'account').trim().slice(0, LONGEST_ACCOUNT);
  const kind = field(query, 'kind');
  const type = Object.hasOwn(en.kinds, kind) ? (kind as LedgerEvent['type']) : undefined;
  const since = field(query, 'since');
  const until = field(query, 'until');
  const firstDay = startOf(since);
  const lastDay = startOf(until);
  const isInvalid = (since !== '' && !firstDay) || (until !== '' && !lastDay);
  const isReversed = firstDay && lastDay && lastDay < firstDay;
  return {
    filter: { account, kind: type ?? '', since: firstDay ? since : '', until: lastDay ? until : '' },
    flaw: isInvalid ? 'invalidDate' : isReversed ? 'reversedPeriod' : undefined,
    type,
    from: firstDay?.toISOString(),
    until: lastDay && startOfNext(lastDay),
  };
}

/** Where a page of a history begins or ends. */
export type Place = Readonly<Partial<Record<'before' | 'after', number>>>;

/** The address of a page of a history; of the newest one when no place is given. */
export const historyHref = (view: View, filter: HistoryFilter, place?: Place): string =>
  `${view.to('/history')}?${filterQuery(filter, place)}`;

/** The filter as an address has it. */
export const filterQuery = (filter: HistoryFilter, place: Place = {}): string =>
  new URLSearchParams(
    Object.entries({ ...filter, ...place }).flatMap(([name, value]) =>
      value === '' ? [] : [[name, String(value)]],
    ),
  ).toString();

/** Undefined for what is no day, such as 30 February. */
function startOf(day: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const start = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day) ? start : undefined;
}

/** Undefined after the last day that instants are written for: what comes after it would sort before it. */
function startOfNext(day: Date): string | undefined {
  const next = new Date(day);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.getUTCFullYear() > 9999 ? undefined : next.toISOString();
}
