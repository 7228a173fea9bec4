import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EventStore } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import type { Booking } from '../../src/ledger/booking.js';
import { parseEvent } from '../../src/ledger/domain/events.js';
import type { Receipt } from '../../src/ledger/domain/receipt.js';
import { balances, fold } from '../support/given.js';
import { Ledger, receiptIn } from '../support/ledger.js';
import { project, rowsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { openTestStore } from '../support/sqlite.js';
import { actions, amountOf, commandOf, FUNDED, Model, perform } from './model.js';

let store: EventStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

const outcomeOf = (ledger: Ledger, action: Parameters<typeof perform>[1]) =>
  perform(ledger, action).then(
    ({ replayed }) => (replayed ? 'replayed' : 'booked'),
    (error: { code?: string }) => error.code ?? 'failed',
  );

const folded = async (ledger: Ledger, main: string) =>
  fold(
    (await ledger.events(main)).map(({ type, data }) => parseEvent(type, JSON.parse(data))),
    main,
  );

/** Every account's balances, folded from its events, are the model's. */
async function expectBalances(ledger: Ledger, model: Model): Promise<void> {
  for (const [main, account] of model.accounts)
    expect(balances(await folded(ledger, main))).toEqual({
      currency: account.open ? 'EUR' : undefined,
      purchased: amountOf(account.purchased),
      available: amountOf(account.available),
      sipAccountsAvailable: amountOf([...account.sips.values()].reduce((sum, units) => sum + units, 0n)),
      sipAccounts: Object.fromEntries([...account.sips].map(([sip, units]) => [sip, amountOf(units)])),
    });
}

/** Fresh account names for every run, so that runs share a store. */
let run = 0;
const scoped = <A extends { readonly main: string }>(list: readonly A[]): A[] => {
  run += 1;
  return list.map((action) => ({ ...action, main: `${action.main}-${run}` }));
};

const PARAMETERS = { numRuns: 60 };

describe('any sequence of commands', () => {
  it('comes to what the model says, and folds to the same balances', () =>
    fc.assert(
      fc.asyncProperty(actions(25), async (generated) => {
        const model = new Model();
        const ledger = new Ledger(store);
        for (const action of scoped(generated))
          expect([action, await outcomeOf(ledger, action)]).toEqual([action, model.apply(action)]);
        await expectBalances(ledger, model);
      }),
      PARAMETERS,
    ));

  it('changes nothing when every booked command is sent again', () =>
    fc.assert(
      fc.asyncProperty(actions(60), async (generated) => {
        const ledger = new Ledger(store);
        const list = scoped(generated);
        const first = new Map<string, string>();
        for (const action of list)
          await perform(ledger, action).then(
            ({ receipt }) => first.set(JSON.stringify(action), receipt),
            () => undefined,
          );
        const successor = new Ledger(store);
        for (const action of list) {
          const receipt = first.get(JSON.stringify(action));
          if (receipt === undefined) continue;
          expect(await perform(successor, action)).toMatchObject({ receipt, replayed: true });
        }
      }),
      PARAMETERS,
    ));
});

/** One batch in eight has a command that cannot be read. */
const BROKEN = fc.integer({ min: 0, max: 7 }).map((number) => number === 7);

describe('commands that are booked together', () => {
  it('come to what the model says, all or none, in any mix with single ones', () =>
    fc.assert(
      fc.asyncProperty(
        actions(60),
        fc.infiniteStream(fc.record({ size: fc.integer({ min: 1, max: 4 }), broken: BROKEN })),
        async (generated, batches) => {
          const model = new Model();
          const ledger = new Ledger(store);
          const rest = scoped([...FUNDED, ...generated]);
          const expected: string[][] = [];
          const results: Promise<PromiseSettledResult<Booking>[]>[] = [];
          for (const { size, broken } of batches) {
            const [first, ...others] = rest.splice(0, size);
            if (!first) break;
            const group = [first, ...others.map((each) => ({ ...each, main: first.main }))];
            expected.push(model.applyTogether(group, broken));
            // Not awaited: most groups are decided while others are in flight.
            results.push(ledger.accounts.bookTogether(group.map(commandOf), broken));
          }
          const outcomes = (await Promise.all(results)).map((group) =>
            group.map((result) =>
              result.status === 'rejected'
                ? (result.reason as { code: string }).code
                : result.value.replayed
                  ? 'replayed'
                  : 'booked',
            ),
          );
          expect(outcomes).toEqual(expected);
          await expectBalances(ledger, model);
          // What a refused group leaves behind would show in the balances of later receipts.
          const successor = new Ledger(store);
          const bookings = (await Promise.all(results))
            .flat()
            .flatMap((result) => (result.status === 'fulfilled' ? result.value.receipt : []));
          for (const receipt of bookings) {
            const { eventId, mainAccountId } = JSON.parse(receipt) as Receipt;
            const event = (await ledger.events(mainAccountId)).find(({ id }) => id === eventId);
            const { idempotencyKey } = JSON.parse(event?.metadata ?? '{}') as { idempotencyKey: string };
            expect(await successor.accounts.find(mainAccountId, idempotencyKey)).toMatchObject({ receipt });
          }
        },
      ),
      PARAMETERS,
    ));
});

describe('the read models', () => {
  it('come to the same as the fold, however often they are interrupted, and again when rebuilt', () =>
    fc.assert(
      fc.asyncProperty(actions(60), fc.integer({ min: 0, max: 60 }), async (generated, interruption) => {
        const directory = temporaryDirectory();
        const ownStore = await SqliteEventStore.open(join(directory, 'events.db'));
        try {
          const ledger = new Ledger(ownStore);
          for (const [at, action] of generated.entries()) {
            await outcomeOf(ledger, action);
            if (at === interruption) await project(join(directory, 'interrupted.db'), ownStore);
          }
          await project(join(directory, 'interrupted.db'), ownStore);
          await project(join(directory, 'rebuilt.db'), ownStore);
          const rows = rowsIn(join(directory, 'interrupted.db'));
          expect(rowsIn(join(directory, 'rebuilt.db'))).toEqual(rows);
          const { main_accounts: mains = [], sip_accounts: sips = [] } = rows;
          for (const main of ['m1', 'm2']) {
            const account = balances(await folded(ledger, main));
            if (account.currency === undefined) continue;
            expect(mains.find((row) => has(row, main))).toEqual(
              expect.arrayContaining([account.purchased, account.available, account.sipAccountsAvailable]),
            );
            for (const [sip, available] of Object.entries(account.sipAccounts))
              expect(sips.find((row) => has(row, main) && has(row, sip))).toEqual(
                expect.arrayContaining([available]),
              );
          }
        } finally {
          await ownStore.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 15 },
    ));
});

const has = (row: unknown, value: string): boolean => Array.isArray(row) && row.includes(value);

describe('commands from several clients at once', () => {
  it('never overdraw, lose or double anything, at any revision', () =>
    fc.assert(
      fc.asyncProperty(fc.array(actions(40), { minLength: 2, maxLength: 4 }), async (clients) => {
        const ledger = new Ledger(store);
        const flat = scoped(clients.flat());
        const bookings = await Promise.all(
          flat.map((action) =>
            perform(ledger, action).then(
              (booking) => ({ action, booking }),
              () => undefined,
            ),
          ),
        );
        const booked = bookings.filter((entry) => entry !== undefined);
        for (const main of new Set(flat.map((action) => action.main))) {
          const events = await ledger.events(main);
          const mine = booked.filter(({ action, booking }) => action.main === main && !booking.replayed);
          expect(events.map(({ id }) => id).toSorted()).toEqual(
            mine.map(({ booking }) => receiptIn(booking).eventId).toSorted(),
          );
          const parsed = events.map(({ type, data }) => parseEvent(type, JSON.parse(data)));
          parsed.forEach((_, revision) => {
            const account = fold(parsed.slice(0, revision + 1), main);
            const sum = [...account.sipAccounts.values()].reduce(
              (total, sip) => total.plus(sip),
              account.available,
            );
            expect(sum.eq(account.purchased)).toBe(true);
            expect([account.available, ...account.sipAccounts.values()].every((each) => each.gte(0))).toBe(
              true,
            );
          });
        }
      }),
      PARAMETERS,
    ));
});
