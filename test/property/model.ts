import * as fc from 'fast-check';
import type { Booking } from '../../src/ledger/booking.js';
import type { Ledger } from '../support/ledger.js';

/** A command as a client sends it. Small sets of ids and keys, so that they collide. */
export interface Action {
  readonly type: 'open' | 'purchase' | 'addSip' | 'add' | 'removeAll';
  readonly main: string;
  readonly sip: string;
  /** In ten-thousandths. */
  readonly units: number;
  readonly key: string;
}

export const actions = (keys: number): fc.Arbitrary<Action[]> =>
  fc.array(
    fc.record({
      type: fc.constantFrom<Action['type'][]>(
        'open',
        'purchase',
        'purchase',
        'addSip',
        'addSip',
        'add',
        'add',
        'add',
        'removeAll',
      ),
      main: fc.constantFrom('m1', 'm2'),
      sip: fc.constantFrom('s1', 's2', 's3'),
      units: fc.integer({ min: 1, max: 300_000 }),
      key: fc.integer({ min: 1, max: keys }).map((number) => `k${number}`),
    }),
    { minLength: 1, maxLength: 60 },
  );

export const amountOf = (units: number | bigint): string =>
  `${BigInt(units) / 10_000n}.${(BigInt(units) % 10_000n).toString().padStart(4, '0')}`;

export const perform = (ledger: Ledger, { type, main, sip, units, key }: Action): Promise<Booking> => {
  switch (type) {
    case 'open':
      return ledger.open(main, key);
    case 'purchase':
      return ledger.purchase(main, amountOf(units), key);
    case 'addSip':
      return ledger.addSip(main, sip, key);
    case 'add':
      return ledger.add(main, sip, amountOf(units), key);
    case 'removeAll':
      return ledger.removeAll(main, sip, key);
  }
};

interface ModelAccount {
  readonly sips: Map<string, bigint>;
  readonly keys: Map<string, string>;
  available: bigint;
  purchased: bigint;
  open: boolean;
}

/** The ledger in thirty lines: what each command comes to, in whole ten-thousandths. */
export class Model {
  readonly accounts = new Map<string, ModelAccount>();

  /** @returns `booked`, `replayed`, or the refusal's code */
  apply({ type, main, sip, units, key }: Action): string {
    const account = this.account(main);
    const body = { open: '', purchase: `${units}`, addSip: sip, add: `${sip} ${units}`, removeAll: sip }[
      type
    ];
    const print = `${type} ${body}`;
    const known = account.keys.get(key);
    if (known !== undefined) return known === print ? 'replayed' : 'idempotency-key-reused';
    const refusal = this.change(account, type, sip, BigInt(units));
    if (refusal) return refusal;
    account.keys.set(key, print);
    return 'booked';
  }

  account(main: string): ModelAccount {
    const account = this.accounts.get(main) ?? {
      sips: new Map(),
      keys: new Map(),
      available: 0n,
      purchased: 0n,
      open: false,
    };
    this.accounts.set(main, account);
    return account;
  }

  private change(
    account: ModelAccount,
    type: Action['type'],
    sip: string,
    units: bigint,
  ): string | undefined {
    if (type === 'open') {
      if (account.open) return 'main-account-already-open';
      account.open = true;
      return undefined;
    }
    if (!account.open) return 'main-account-not-found';
    if (type === 'purchase') {
      account.available += units;
      account.purchased += units;
      return undefined;
    }
    const held = account.sips.get(sip);
    if (type === 'addSip') {
      if (held !== undefined) return 'sip-account-already-added';
      account.sips.set(sip, 0n);
      return undefined;
    }
    if (held === undefined) return 'sip-account-not-found';
    if (type === 'add' && units > account.available) return 'insufficient-credit';
    if (type === 'removeAll' && held === 0n) return 'no-credit-to-reclaim';
    const moved = type === 'add' ? units : -held;
    account.available -= moved;
    account.sips.set(sip, held + moved);
    return undefined;
  }
}
