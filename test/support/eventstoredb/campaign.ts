import { OutcomeUnknown, StoreUnavailable } from '../../../src/event-store/errors.js';
import type { Booking } from '../../../src/ledger/booking.js';
import { Refusal } from '../../../src/ledger/domain/errors.js';
import type { Ledger } from '../ledger.js';

/** A random sequence that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: () => number, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;

export interface Intent {
  readonly account: string;
  readonly key: string;
  readonly send: (ledger: Ledger) => Promise<Booking>;
}

/** What a client was told about a command in the end. */
export interface Told {
  readonly intent: Intent;
  readonly outcome: Outcome;
  /** Of every time that it was told so. */
  readonly receipts: readonly string[];
}

type Outcome = 'booked' | 'refused' | 'not booked' | 'unknown';

/**
 * A careful client. After an unknown outcome it repeats the key, at any replica, until it is told the truth or
 * its time is up; some commands that were booked it repeats too, as one whose reply was lost would.
 */
export async function persist(
  intent: Intent,
  replicas: readonly Ledger[],
  random: () => number,
  timeIsUp: () => boolean,
): Promise<Told> {
  const receipts: string[] = [];
  for (let doubt = false; ;) {
    const outcome = await attempt(intent.send(pick(random, replicas)), receipts);
    doubt ||= outcome === 'unknown';
    const tell = (told: Outcome): Told => ({ intent, outcome: told, receipts });
    if (outcome === 'refused') return tell('refused');
    if (receipts.length > 0 && (timeIsUp() || random() < 0.7)) return tell('booked');
    if (receipts.length > 0) continue;
    if (timeIsUp()) return tell(doubt ? 'unknown' : 'not booked');
    if (!doubt && random() < 0.5) return tell('not booked');
  }
}

async function attempt(sent: Promise<Booking>, receipts: string[]): Promise<Outcome> {
  try {
    receipts.push((await sent).receipt);
    return 'booked';
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    if (error instanceof OutcomeUnknown) return 'unknown';
    if (error instanceof StoreUnavailable) return 'not booked';
    throw error;
  }
}
