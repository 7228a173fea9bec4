import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openFaultyLedger } from '../support/faulty-ledger.js';
import { FaultyStore } from '../support/faulty-store.js';
import { codeOf, Ledger, receiptIn } from '../support/ledger.js';

let inner: EventStore;
let store: FaultyStore;
let ledger: Ledger;

beforeEach(async () => {
  ({ inner, store, ledger } = await openFaultyLedger());
});
afterEach(() => inner.close());

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

  it('is sent again also when it was to open the account', async () => {
    loseNext();
    const both = [ledger.open('new', 'opened'), ledger.purchase('new', '5', 'bought')];
    expect(await Promise.all(both.map(codeOf))).toEqual(['OutcomeUnknown', 'OutcomeUnknown']);
    expect((await ledger.purchase('new', '5', 'bought')).replayed).toBe(true);
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

  it('is not sent again by a question, which is answered neither yes nor no', async () => {
    expect(await codeOf(ledger.accounts.find('acme', 'added'))).toBe('OutcomeUnknown');
    expect(await codeOf(ledger.accounts.find('acme', 'never sent'))).toBe('command-not-found');
    expect(await ledger.events('acme')).toHaveLength(3);
    const repeated = await ledger.add('acme', '100', '100', 'added');
    expect((await ledger.accounts.find('acme', 'added')).receipt).toEqual(repeated.receipt);
  });

  it('is answered with no by a question once the stream has moved', async () => {
    expect(await codeOf(ledger.purchase('acme', '1', 'other'))).toBe('booked');
    expect(await codeOf(ledger.accounts.find('acme', 'added'))).toBe('command-not-found');
  });
});
