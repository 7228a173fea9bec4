import * as fc from 'fast-check';
import type { Booking } from '../../src/ledger/booking.js';
import { AddCreditCommand } from '../../src/ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../../src/ledger/commands/add-sip-account.js';
import type { LedgerCommand } from '../../src/ledger/commands/ledger-command.js';
import { OpenMainAccountCommand } from '../../src/ledger/commands/open-main-account.js';
import { PurchaseCreditCommand } from '../../src/ledger/commands/purchase-credit.js';
import { RemoveAllCreditCommand } from '../../src/ledger/commands/remove-all-credit.js';
import type { Amount } from '../../src/ledger/domain/amount.js';
import { contextOf, type Ledger } from '../support/ledger.js';

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

/** Both accounts open, with credit and a SIP account, so that most of what follows can be booked. */
export const FUNDED = ['m1', 'm2'].flatMap((main): Action[] =>
  (['open', 'purchase', 'addSip', 'add'] as const).map((type) => {
    return { type, main, sip: 's1', units: type === 'purchase' ? 900_000 : 100_000, key: `funded-${type}` };
  }),
);

export const amountOf = (units: number | bigint): string =>
  `${BigInt(units) / 10_000n}.${(BigInt(units) % 10_000n).toString().padStart(4, '0')}`;

export function commandOf({
  type,
  main: mainAccountId,
  sip: sipAccountId,
  units,
  key,
}: Action): LedgerCommand {
  const amount = amountOf(units) as Amount;
  const context = contextOf(key);
  switch (type) {
    case 'open':
      return new OpenMainAccountCommand({ mainAccountId, currency: 'EUR' }, context);
    case 'purchase':
      return new PurchaseCreditCommand({ mainAccountId, amount, reference: 'invoice 1' }, context);
    case 'addSip':
      return new AddSipAccountCommand({ mainAccountId, sipAccountId }, context);
    case 'add':
      return new AddCreditCommand({ mainAccountId, sipAccountId, amount }, context);
    case 'removeAll':
      return new RemoveAllCreditCommand({ mainAccountId, sipAccountId }, context);
  }
}

export const perform = (ledger: Ledger, action: Action): Promise<Booking> =>
  ledger.accounts.book(commandOf(action));

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

  /**
   * What each command of one main account comes to when they are booked all or none.
   * @param broken whether another one of them could not be read
   */
  applyTogether(group: readonly Action[], broken: boolean): string[] {
    const main = group[0]!.main;
    const before = copyOf(this.account(main));
    const outcomes = group.map((action) => this.apply(action));
    if (!broken && outcomes.every((outcome) => outcome === 'booked' || outcome === 'replayed'))
      return outcomes;
    this.accounts.set(main, before);
    return group.map(({ key }, at) => {
      const outcome = outcomes[at]!;
      const undone = outcome === 'booked' || (outcome === 'replayed' && !before.keys.has(key));
      return undone ? 'batch-not-booked' : outcome;
    });
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

const copyOf = (account: ModelAccount): ModelAccount => ({
  ...account,
  sips: new Map(account.sips),
  keys: new Map(account.keys),
});
