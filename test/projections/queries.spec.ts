import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MainAccountNotFound, SipAccountNotFound } from '../../src/ledger/domain/errors.js';
import {
  ListMainAccountsHandler,
  ListMainAccountsQuery,
} from '../../src/projections/accounts/list-main-accounts.js';
import { GetHistoryHandler, GetHistoryQuery } from '../../src/projections/history/get-history.js';
import { InvalidCursor, PositionInFuture } from '../../src/projections/errors.js';
import { ReadModels } from '../../src/projections/read-models.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { ReadSide } from '../support/read-side.js';
import { receiptIn } from '../support/ledger.js';

describe('the queries', () => {
  let side: ReadSide;
  let last: bigint;
  beforeAll(async () => {
    side = await ReadSide.start();
    const { ledger } = side;
    await ledger.funded('acme', '110.2580', 'desk', 'attic', 'cellar');
    await ledger.add('acme', 'desk', '12.2109');
    await ledger.add('acme', 'cellar', '36.6871');
    await ledger.add('acme', 'attic', '5');
    await ledger.open('other');
    last = (await ledger.removeAll('acme', 'attic')).position;
  });
  afterAll(() => side.remove());

  it('show a main account with totals over all and its SIP accounts in the order they were added', async () => {
    expect(await side.overview('acme', last)).toEqual({
      mainAccountId: 'acme',
      currency: 'EUR',
      available: '61.3600',
      sipAccountsAvailable: '48.8980',
      sipAccountsCount: 3,
      sipAccounts: [
        { sipAccountId: 'desk', available: '12.2109' },
        { sipAccountId: 'attic', available: '0.0000' },
        { sipAccountId: 'cellar', available: '36.6871' },
      ],
      next: null,
      revision: 8,
      position: String(last),
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('give the SIP accounts in pages, the totals unchanged', async () => {
    const first = await side.overview('acme', last, { limit: 2 });
    const second = await side.overview('acme', last, { limit: 2, after: first.next! });

    expect(first.sipAccounts.map(({ sipAccountId }) => sipAccountId)).toEqual(['desk', 'attic']);
    expect(second.sipAccounts.map(({ sipAccountId }) => sipAccountId)).toEqual(['cellar']);
    expect([second.next, second.sipAccountsAvailable]).toEqual([null, '48.8980']);
  });

  it('show one SIP account', async () => {
    expect(await side.balance('acme', 'desk', last)).toMatchObject({
      sipAccountId: 'desk',
      currency: 'EUR',
      available: '12.2109',
    });
    await expect(side.balance('acme', 'garage', last)).rejects.toThrow(SipAccountNotFound);
    await expect(side.balance('nobody', 'desk', last)).rejects.toThrow(MainAccountNotFound);
  });

  it('list the main accounts in the order they were opened', async () => {
    const execute = (after?: string) =>
      new ListMainAccountsHandler(side.reads).execute(
        new ListMainAccountsQuery({ atLeast: last, limit: 1, after }),
      );
    const first = await execute();
    const second = await execute(first.next!);

    expect(first.mainAccounts).toEqual([
      {
        mainAccountId: 'acme',
        currency: 'EUR',
        available: '61.3600',
        sipAccountsAvailable: '48.8980',
        sipAccountsCount: 3,
      },
    ]);
    expect(second.mainAccounts.map(({ mainAccountId }) => mainAccountId)).toEqual(['other']);
    expect(second.next).toBe(null);
  });

  it('tell the history oldest first, with the balances after each event', async () => {
    const { entries, next } = await side.history('acme', last);

    expect(next).toBe(null);
    expect(entries.map(({ revision, type }) => `${revision} ${type}`)).toEqual([
      '0 MainAccountOpened',
      '1 CreditPurchased',
      '2 SipAccountAdded',
      '3 SipAccountAdded',
      '4 SipAccountAdded',
      '5 CreditAllocated',
      '6 CreditAllocated',
      '7 CreditAllocated',
      '8 CreditReclaimed',
    ]);
    expect(entries[8]).toMatchObject({
      sipAccountId: 'attic',
      amount: '5.0000',
      actor: 'key:test',
      mainAccount: { available: '61.3600' },
      sipAccounts: { available: '48.8980' },
      sipAccount: { available: '0.0000' },
    });
    expect(entries[0]).toMatchObject({ currency: 'EUR', mainAccount: { available: '0.0000' } });
    expect(entries[1]).toMatchObject({ amount: '110.2580', reference: 'invoice 1' });
  });

  it('give the history in pages', async () => {
    const first = await side.history('acme', last, { limit: 5 });
    const second = await side.history('acme', last, { limit: 5, after: first.next! });

    expect(first.entries.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
    expect(second.entries.map(({ revision }) => revision)).toEqual([5, 6, 7, 8]);
  });

  it('refuse a cursor that is none, and a position that the log has not reached', async () => {
    await expect(side.overview('acme', last, { after: 'x' })).rejects.toThrow(InvalidCursor);
    await expect(side.history('acme', last, { after: '-1' })).rejects.toThrow(InvalidCursor);
    await expect(side.overview('acme', last + 1n)).rejects.toThrow(PositionInFuture);
    await expect(side.history('acme', last + 1n)).rejects.toThrow(PositionInFuture);
    const past = { mainAccountId: 'acme', atLeast: last + 1n, until: new Date().toISOString() };
    const pastHistory = new GetHistoryHandler(side.reads).execute(new GetHistoryQuery(past));
    await expect(pastHistory).rejects.toThrow(PositionInFuture);
  });

  it('know no account that is not there', async () => {
    await expect(side.overview('nobody')).rejects.toThrow(MainAccountNotFound);
    await expect(side.history('nobody')).rejects.toThrow(MainAccountNotFound);
  });

  it('are answered from one moment, which they name, also while the read models move on', async () => {
    const now = new ReadModels();
    now.open(side.file);
    /** What lets the read models come to one more event, and returns when they have: nobody here has heard of it. */
    const behind = async (): Promise<() => void> => {
      const letGo = holdReadModels(side.dataDir);
      const booked = await side.ledger.purchase('acme', '1');
      return () => {
        letGo();
        while (now.position('accounts') < booked.position);
      };
    };
    let moveOn = await behind();
    const inParts = await side.reads.read('accounts', undefined, (models) => {
      const reached = models.position('accounts');
      moveOn();
      return { reached: String(reached) };
    });
    expect(inParts.position).toBe(inParts.reached);
    await side.caughtUp();
    moveOn = await behind();
    const atOnce = await side.reads.readAlone('accounts', undefined, (models) => {
      moveOn();
      const position = models.position('accounts');
      return { position, answer: { reached: String(position) } };
    });
    expect(atOnce.position).toBe(atOnce.answer.reached);
    now.close();
  });

  it('see every command once they are given its position', async () => {
    const { ledger } = side;
    await ledger.open('busy');
    for (let i = 1; i <= 50; i += 1) {
      const booking = await ledger.purchase('busy', '1');
      const { available, position } = await side.overview('busy', booking.position);
      expect(available).toBe(receiptIn(booking).mainAccount.available);
      expect(BigInt(position)).toBeGreaterThanOrEqual(booking.position);
    }
  });
});

describe('what is remembered of an account', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk', 'attic');
  });
  afterAll(() => side.remove());

  it('is answered as of now, also when others have moved on', async () => {
    await side.caughtUp();
    const before = await side.overview('acme');
    await side.ledger.open('other');
    const { position } = await side.ledger.purchase('other', '1');
    const after = await side.overview('acme', position);

    expect(after.sipAccounts).toBe(before.sipAccounts);
    expect(BigInt(after.position)).toBeGreaterThanOrEqual(position);
  });

  it('is never from before an event of the account that a query may have seen', async () => {
    for (let revision = 4; revision < 40; revision++) {
      const { position } = await side.ledger.add('acme', revision % 2 ? 'desk' : 'attic', '1');
      const [overview, desk] = await Promise.all([
        side.overview('acme', position),
        side.balance('acme', 'desk', position),
      ]);
      expect(overview.revision).toBe(revision);
      expect(overview.sipAccountsAvailable).toBe(`${revision - 3}.0000`);
      expect(desk.available).toBe(overview.sipAccounts[0]!.available);
    }
  });

  it('is read anew where nobody knows of which accounts there is more, as from another file', async () => {
    await side.caughtUp();
    const before = await side.overview('acme');
    side.models.moved(undefined);
    const after = await side.overview('acme');

    expect(after.sipAccounts).toEqual(before.sipAccounts);
    expect(after.sipAccounts).not.toBe(before.sipAccounts);
  });

  it('leaves nothing out of an account with more SIP accounts than are remembered', async () => {
    const ids = Array.from({ length: 101 }, (_, nth) => `sip-${nth}`);
    await side.ledger.funded('large', '10', ...ids);
    for (const amount of ['1', '2']) {
      const { position } = await side.ledger.add('large', 'sip-100', amount);
      const first = await side.overview('large', position);
      const rest = await side.overview('large', position, { after: first.next! });
      const available = amount === '1' ? '1.0000' : '3.0000';
      expect([first.sipAccounts.length, first.sipAccountsCount]).toEqual([100, 101]);
      expect(rest.sipAccounts).toEqual([{ sipAccountId: 'sip-100', available }]);
      expect(await side.balance('large', 'sip-100', position)).toMatchObject({ available });
    }
  });
});
