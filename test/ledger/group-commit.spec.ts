import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openFaultyLedger } from '../support/faulty-ledger.js';
import type { FaultyStore } from '../support/faulty-store.js';
import { codeOf, EmptyIndex, Ledger, receiptIn, settledWithin } from '../support/ledger.js';

let inner: EventStore;
let store: FaultyStore;
let ledger: Ledger;

beforeEach(async () => {
  ({ inner, store, ledger } = await openFaultyLedger());
});
afterEach(() => inner.close());

describe('group commit', () => {
  beforeEach(() => ledger.funded('acme', '1000', '100'));

  it('sends what comes in during an append together in the next one', async () => {
    const gate = store.hold();
    const first = ledger.add('acme', '100', '1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const rest = Array.from({ length: 100 }, () => ledger.add('acme', '100', '1'));
    store.appends.length = 0;
    gate.release();
    await Promise.all([first, ...rest]);
    expect(store.appends).toEqual([1, 100]);
  });

  it('keeps an append within its bound', async () => {
    await Promise.all(Array.from({ length: 950 }, () => ledger.add('acme', '100', '1')));
    expect(Math.max(...store.appends)).toBeLessThanOrEqual(400);
    expect(await ledger.events('acme')).toHaveLength(3 + 950);
  });

  it('turns commands away when too many wait, and books the ones it took', async () => {
    const gate = store.hold();
    const all = Array.from({ length: 10_020 }, (_, index) =>
      codeOf(ledger.purchase('acme', '1', `k${index}`)),
    );
    gate.release();
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((outcome) => outcome === 'StoreUnavailable')).toHaveLength(20);
    expect(await ledger.events('acme')).toHaveLength(3 + 10_000);
  });
});

describe('speculation', () => {
  beforeEach(() => ledger.funded('acme', '10', '100'));

  it('answers a refusal only once what it rests on is durable', async () => {
    const gate = store.hold();
    const taking = ledger.add('acme', '100', '10');
    const refused = codeOf(ledger.add('acme', '100', '0.0001'));
    expect(await settledWithin(refused, 30)).toBe(false);
    gate.release();
    expect(await refused).toBe('insufficient-credit');
    expect((await taking).replayed).toBe(false);
  });

  it('decides again what rested on an append that failed', async () => {
    store.onAppend = () => {
      store.onAppend = (append) => append();
      return Promise.reject(new StoreUnavailable('disk full'));
    };
    const taking = codeOf(ledger.add('acme', '100', '10', 'k'));
    await new Promise((resolve) => setImmediate(resolve));
    const later = codeOf(ledger.add('acme', '100', '3'));
    expect([await taking, await later]).toEqual(['StoreUnavailable', 'booked']);
    expect(receiptIn(await ledger.add('acme', '100', '7', 'k')).mainAccount.available).toBe('0.0000');
  });

  it('does not refuse for the sake of credit that was never taken', async () => {
    store.onAppend = () => {
      store.onAppend = (append) => append();
      return Promise.reject(new StoreUnavailable('disk full'));
    };
    const taking = codeOf(ledger.add('acme', '100', '10'));
    const resting = codeOf(ledger.add('acme', '100', '0.0001'));
    expect(await taking).toBe('StoreUnavailable');
    expect(await resting).toBe('booked');
  });
});

describe('several appends on their way', () => {
  beforeEach(() => ledger.funded('acme', '10', '100'));

  /** Each in a turn of the event loop of its own. */
  async function inTurns(...commands: (() => Promise<unknown>)[]): Promise<Promise<string>[]> {
    const outcomes: Promise<string>[] = [];
    for (const command of commands) {
      outcomes.push(codeOf(command()));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return outcomes;
  }

  const adding = (amount: string, key?: string) => () => ledger.add('acme', '100', amount, key);

  it('do not wait for one another', async () => {
    const begun: number[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    store.onAppend = (append) => {
      begun.push(begun.length);
      return gate.then(append);
    };
    const outcomes = await inTurns(adding('1'), adding('2'), adding('3'));
    expect(begun).toHaveLength(3);
    open();
    expect(await Promise.all(outcomes)).toEqual(['booked', 'booked', 'booked']);
    expect(await ledger.events('acme')).toHaveLength(6);
  });

  it('keep the key of each until it is in the log, however far the index has come', async () => {
    const index = new (class extends EmptyIndex {
      override readonly position = 1_000_000n;
    })();
    ledger = new Ledger(store, index);
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    store.onAppend = (append) => {
      store.onAppend = async (next) => {
        await gate;
        return next();
      };
      return append();
    };
    const first = ledger.add('acme', '100', '1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = ledger.add('acme', '100', '2', 'second');
    await first;
    const repeated = ledger.add('acme', '100', '2', 'second');
    // Decided by then: this index has no key to show once the append is in the log.
    expect(await settledWithin(repeated, 20)).toBe(false);
    open();
    expect(await repeated).toEqual({ ...(await second), replayed: true });
    expect(await ledger.events('acme')).toHaveLength(5);
  });

  it('fall with the first that fails: all behind it is decided again, refusals and replays too', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const failing = () => Promise.reject(new StoreUnavailable('disk full'));
    store.onAppend = (append) => {
      const first = gate.then(failing);
      store.onAppend = () => gate.then(append);
      return first;
    };
    const outcomes = await inTurns(adding('10', 'k'), adding('4'), adding('10', 'k'), adding('4'));
    store.onAppend = (append) => append();
    open();
    // The second 4 was refused on 10 that were never taken; the repeated 10 come after 4, and are too much.
    expect(await Promise.all(outcomes)).toEqual([
      'StoreUnavailable',
      'booked',
      'insufficient-credit',
      'booked',
    ]);
    expect(await ledger.events('acme')).toHaveLength(5);
  });

  it('leave the second in doubt when the first is, though it went through', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    store.onAppend = async (append) => {
      const made = gate.then(append);
      store.onAppend = async (next) => {
        await made;
        return next();
      };
      await made;
      throw new OutcomeUnknown('no reply');
    };
    const outcomes = await inTurns(adding('1', 'first'), adding('2', 'second'));
    open();
    expect(await Promise.all(outcomes)).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    store.onAppend = (append) => append();
    expect((await ledger.add('acme', '100', '1', 'first')).replayed).toBe(true);
    expect((await ledger.add('acme', '100', '2', 'second')).replayed).toBe(true);
  });
});
