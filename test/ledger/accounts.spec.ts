import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { AccountsIndex } from '../../src/ledger/accounts-index.js';
import { emptyFold } from '../../src/ledger/domain/account.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import { sha256 } from '../../src/ledger/seal.js';
import { FaultyStore } from '../support/faulty-store.js';
import { EmptyIndex, freshKey, Ledger, receiptIn } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

let inner: EventStore;
let store: FaultyStore;
let ledger: Ledger;

beforeEach(async () => {
  inner = await openTestStore();
  store = new FaultyStore(inner);
  ledger = new Ledger(store);
});
afterEach(() => inner.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'booked',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );

const settledWithin = (promise: Promise<unknown>, ms: number) =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms)),
  ]);

describe('booking a command', () => {
  it('answers with the balances right after it', async () => {
    await ledger.funded('acme', '110.2580', '100', '200');
    await ledger.add('acme', '200', '36.6871');
    expect(receiptIn(await ledger.add('acme', '100', '12.2109'))).toMatchObject({
      type: 'CreditAllocated',
      mainAccountId: 'acme',
      sipAccountId: '100',
      amount: '12.2109',
      revision: 5,
      mainAccount: { available: '61.3600' },
      sipAccounts: { available: '48.8980' },
      sipAccount: { available: '12.2109' },
    });
  });

  it('links each event to the one before it', async () => {
    await ledger.funded('acme', '10', '100');
    const metadata = (await ledger.events('acme')).map(
      (event) => JSON.parse(event.metadata) as EventMetadata,
    );
    expect(metadata[0]?.previousHash).toBe(sha256('mainAccount-acme'));
    expect(metadata.slice(1).map(({ previousHash }) => previousHash)).toEqual(
      metadata.slice(0, -1).map(({ hash }) => hash),
    );
  });

  it('never records an event before the one ahead of it, though the clock goes back', async () => {
    const times = ['2026-03-01T00:00:00.500Z', '2026-03-01T00:00:00.100Z', '2026-03-01T00:00:00.600Z'];
    const backwards = new Ledger(store, new EmptyIndex(), () => new Date(times.shift() ?? 0));
    await backwards.funded('acme', '1', '100');
    const recorded = (await ledger.events('acme')).map(
      (event) => (JSON.parse(event.metadata) as EventMetadata).recordedAt,
    );
    expect(recorded).toEqual([
      '2026-03-01T00:00:00.500Z',
      '2026-03-01T00:00:00.500Z',
      '2026-03-01T00:00:00.600Z',
    ]);
  });

  it('goes on from the log when a fresh process takes over', async () => {
    await ledger.funded('acme', '10', '100');
    const successor = new Ledger(store);
    expect(receiptIn(await successor.add('acme', '100', '4')).mainAccount.available).toBe('6.0000');
  });
});

describe('an idempotency key', () => {
  beforeEach(() => ledger.funded('acme', '10', '100', '200'));

  it('makes one event and 200 equal receipts of 200 concurrent identical commands', async () => {
    const bookings = await Promise.all(
      Array.from({ length: 200 }, () => ledger.add('acme', '100', '1', 'k')),
    );
    expect(new Set(bookings.map(({ receipt }) => receipt)).size).toBe(1);
    expect(new Set(bookings.map(({ position }) => position)).size).toBe(1);
    expect(bookings.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await ledger.events('acme')).toHaveLength(5);
  });

  it('is replayed byte for byte by a later process', async () => {
    const first = await ledger.add('acme', '100', '1', 'k');
    await ledger.add('acme', '100', '2');
    expect(await new Ledger(store).add('acme', '100', '1', 'k')).toEqual({ ...first, replayed: true });
  });

  it('knows the same amount in another notation', async () => {
    await ledger.add('acme', '100', '1', 'k');
    expect((await ledger.add('acme', '100', '1.00', 'k')).replayed).toBe(true);
  });

  it.each([
    ['another amount', () => ledger.add('acme', '100', '2', 'k')],
    ['another SIP account', () => ledger.add('acme', '200', '1', 'k')],
    ['another command', () => ledger.removeAll('acme', '100', 'k')],
  ])('is refused for %s', async (_, act) => {
    await ledger.add('acme', '100', '1', 'k');
    expect(await codeOf(act())).toBe('idempotency-key-reused');
  });

  it('is refused for another command of which the fields are the same', async () => {
    await ledger.addSip('acme', '300', 'k');
    expect(await codeOf(ledger.removeAll('acme', '300', 'k'))).toBe('idempotency-key-reused');
  });

  it('is free again after a refusal', async () => {
    expect(await codeOf(ledger.add('acme', '100', '11', 'k'))).toBe('insufficient-credit');
    expect((await ledger.add('acme', '100', '1', 'k')).replayed).toBe(false);
  });

  it('belongs to one main account', async () => {
    await ledger.funded('other', '10', '100');
    await ledger.add('acme', '100', '1', 'k');
    expect((await ledger.add('other', '100', '1', 'k')).replayed).toBe(false);
  });

  it('tells what was booked with it, also while that is in flight', async () => {
    const gate = store.hold();
    const adding = ledger.add('acme', '100', '1', 'k');
    const finding = ledger.accounts.find('acme', 'k');
    expect(await settledWithin(finding, 30)).toBe(false);
    gate.release();
    expect(await finding).toEqual({ ...(await adding), replayed: true });
  });

  it('tells that nothing was booked with it', async () =>
    expect(await codeOf(ledger.accounts.find('acme', 'never'))).toBe('command-not-found'));
});

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

describe('an outcome that the store cannot tell', () => {
  beforeEach(() => ledger.funded('acme', '10', '100'));

  const loseReplyOnce = (written: boolean) => {
    store.onAppend = async (append) => {
      store.onAppend = (next) => next();
      if (written) await append();
      throw new OutcomeUnknown('no reply');
    };
  };

  it.each([true, false])(
    'is told as unknown, and the repeated key brings the truth (written: %s)',
    async (written) => {
      loseReplyOnce(written);
      expect(await codeOf(ledger.add('acme', '100', '4', 'k'))).toBe('OutcomeUnknown');
      const repeated = await ledger.add('acme', '100', '4', 'k');
      expect(repeated.replayed).toBe(written);
      expect(receiptIn(repeated).mainAccount.available).toBe('6.0000');
      expect(await ledger.events('acme')).toHaveLength(4);
      expect(ledger.notes.alarms).toHaveLength(1);
    },
  );

  it('is unknown too for one that waited on the same key', async () => {
    loseReplyOnce(true);
    const both = [ledger.add('acme', '100', '4', 'k'), ledger.add('acme', '100', '4', 'k')];
    expect(await Promise.all(both.map(codeOf))).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
  });
});

describe.each([
  ['a store of its own', true],
  ['a store that others write to', false],
])('an append in doubt that may yet be written, in %s', (_, exclusive) => {
  /** The append in doubt, as it still waits in the server. */
  let late: () => Promise<unknown>;
  let told: string[];

  beforeEach(async () => {
    store = new FaultyStore(inner, exclusive);
    ledger = new Ledger(store);
    await ledger.funded('acme', '10', '100');
    loseNext();
    const both = [ledger.purchase('acme', '90', 'bought'), ledger.add('acme', '100', '100', 'added')];
    told = await Promise.all(both.map(codeOf));
  });

  function loseNext(): void {
    store.onAppend = (append) => {
      store.onAppend = (next) => next();
      late = append;
      return Promise.reject(new OutcomeUnknown('no reply'));
    };
  }

  it('is sent again before one of its keys is refused: what was in doubt is booked, once', async () => {
    expect(told).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    const added = await ledger.add('acme', '100', '100', 'added');
    expect(added.replayed).toBe(true);
    expect(await late()).toBe(added.position);
    expect((await ledger.purchase('acme', '90', 'bought')).replayed).toBe(true);
    expect(await ledger.events('acme')).toHaveLength(5);
  });

  it('leaves its keys in doubt while that is in doubt too', async () => {
    loseNext();
    expect(await codeOf(ledger.add('acme', '100', '100', 'added'))).toBe('OutcomeUnknown');
    await late();
    expect((await ledger.add('acme', '100', '100', 'added')).replayed).toBe(true);
  });

  it('leaves its keys in doubt while the store takes no appends, and those alone', async () => {
    store.onAppend = () => Promise.reject(new StoreUnavailable('disk full'));
    // So many fill an append, so the purchase waits behind them.
    const added = Array.from({ length: 400 }, () => codeOf(ledger.add('acme', '100', '100', 'added')));
    expect(await codeOf(ledger.purchase('acme', '1', 'behind'))).toBe('StoreUnavailable');
    expect(new Set(await Promise.all(added))).toEqual(new Set(['OutcomeUnknown']));
  });

  it('never can be once the stream has moved, and its keys are decided as any other', async () => {
    expect(await codeOf(ledger.purchase('acme', '1', 'other'))).toBe('booked');
    expect(await codeOf(ledger.add('acme', '100', '100', 'added'))).toBe('insufficient-credit');
    expect(await codeOf(late())).toBe('RevisionConflict');
    expect(await ledger.events('acme')).toHaveLength(4);
  });

  it('never can be either when another process has moved it', async () => {
    expect(await codeOf(ledger.add('acme', '100', '11', 'other'))).toBe('insufficient-credit');
    await new Ledger(new FaultyStore(inner, false)).purchase('acme', '1');
    expect(await codeOf(ledger.add('acme', '100', '100', 'added'))).toBe('insufficient-credit');
    expect(await codeOf(late())).toBe('RevisionConflict');
  });

  it('does not hold up what has nothing to do with it', async () => {
    expect(await codeOf(ledger.add('acme', '100', '11', 'other'))).toBe('insufficient-credit');
    expect(store.appends).toHaveLength(3);
    expect(receiptIn(await ledger.add('acme', '100', '4')).mainAccount.available).toBe('6.0000');
  });

  it('casts none on what is sent right behind a refusal of one of its keys', async () => {
    // So many fill an append, so the purchase leaves in another.
    const refused = Array.from({ length: 400 }, () => codeOf(ledger.add('acme', '100', '100', 'added')));
    expect(await codeOf(ledger.purchase('acme', '1', 'behind'))).toBe('booked');
    await Promise.all(refused);
    expect(ledger.notes.alarms).toHaveLength(1);
  });

  it('is not sent again by a question', async () => {
    expect(await codeOf(ledger.accounts.find('acme', 'added'))).toBe('command-not-found');
    expect(await ledger.events('acme')).toHaveLength(3);
  });
});

describe('two processes on one store', () => {
  let here: Ledger;
  let there: Ledger;

  beforeEach(async () => {
    here = new Ledger(new FaultyStore(inner, false));
    there = new Ledger(new FaultyStore(inner, false));
    await here.funded('acme', '1000', '100', '200');
    await there.add('acme', '100', '1');
  });

  it('book every command of both once', async () => {
    const commands = Array.from({ length: 60 }, (_, index) =>
      (index % 2 ? here : there).add('acme', index % 3 ? '100' : '200', '1'),
    );
    await Promise.all(commands);
    const events = await here.events('acme');
    expect(events).toHaveLength(5 + 60);
    expect(receiptIn(await here.add('acme', '100', '1')).mainAccount.available).toBe('938.0000');
  });

  it('answer a key that the other one booked', async () => {
    const first = await here.add('acme', '100', '999', 'k');
    expect(await there.add('acme', '100', '999', 'k')).toEqual({ ...first, replayed: true });
  });

  it('answer a key with its receipt although a stale state would refuse it', async () => {
    await here.purchase('acme', '500');
    const first = await here.add('acme', '100', '1400', 'k');
    expect(await there.add('acme', '100', '1400', 'k')).toEqual({ ...first, replayed: true });
  });

  it('do not refuse for want of credit that the other one bought', async () => {
    await here.purchase('acme', '500');
    expect(await codeOf(there.add('acme', '100', '1400'))).toBe('booked');
  });

  it('find a key that the other one booked', async () => {
    await here.add('acme', '100', '5', 'k');
    expect((await there.accounts.find('acme', 'k')).replayed).toBe(true);
  });

  it('give a command up after losing a bounded number of races', async () => {
    const losing = new FaultyStore(inner, false);
    const loser = new Ledger(losing);
    losing.onAppend = async (append) => {
      await here.purchase('acme', '1');
      return append();
    };
    expect(await codeOf(loser.add('acme', '100', '1'))).toBe('StoreUnavailable');
    expect(losing.appends).toHaveLength(10);
  });
});

describe('a snapshot', () => {
  const snapshotAt = (revision: number, hash: string) =>
    new (class extends EmptyIndex {
      override snapshot(): ReturnType<AccountsIndex['snapshot']> {
        return {
          account: { ...emptyFold('acme'), currency: 'EUR' },
          head: { revision, hash, recordedAt: '' },
        };
      }
    })();

  it('is used when the log has the event it was folded to', async () => {
    await ledger.open('acme');
    const [event] = await ledger.events('acme');
    const { hash } = JSON.parse(event?.metadata ?? '') as EventMetadata;
    const resumed = new Ledger(store, snapshotAt(0, hash));
    expect(receiptIn(await resumed.purchase('acme', '5')).mainAccount.available).toBe('5.0000');
    expect(resumed.notes.alarms).toEqual([]);
  });

  it.each([
    ['of another history', 1],
    ['beyond the end of the log', 7],
  ])('%s is dropped with an alarm, and the log decides', async (_, revision) => {
    await ledger.funded('acme', '10', '100');
    const misled = new Ledger(store, snapshotAt(revision, sha256('another')));
    expect(receiptIn(await misled.add('acme', '100', '4')).mainAccount.available).toBe('6.0000');
    expect(misled.notes.alarms).toEqual(['snapshot does not link to the log; folding from the start']);
  });
});

describe('many accounts', () => {
  it('do not wait for one another', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, index) => ledger.funded(`m${index}`, '10', '100')));
    const receipts = await Promise.all(
      Array.from({ length: 300 }, (_, index) => ledger.add(`m${index}`, '100', '4', freshKey())),
    );
    expect(new Set(receipts.map((booking) => receiptIn(booking).mainAccount.available))).toEqual(
      new Set(['6.0000']),
    );
    expect(ledger.accounts.depth).toBe(0);
  });
});
