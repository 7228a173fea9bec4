import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCheckpoint } from '../../src/audit/checkpoint.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import { GetHistoryHandler, GetHistoryQuery } from '../../src/projections/history/get-history.js';
import {
  GetPastMainAccountHandler,
  GetPastMainAccountQuery,
} from '../../src/projections/history/get-past-main-account.js';
import {
  GetStatementDiffHandler,
  GetStatementDiffQuery,
} from '../../src/projections/history/get-statement-diff.js';
import { GetStatementHandler, GetStatementQuery } from '../../src/projections/history/get-statement.js';
import type { PointInTime } from '../../src/projections/history/point-in-time.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { checkpointsOf } from '../audit/support/credit-ledger.js';
import { receiptIn } from '../support/ledger.js';
import { ReadSide } from '../support/read-side.js';

describe('what was booked a moment ago, and is not in the read models yet', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
  });
  afterEach(() => side.remove());

  /** Books, and asks while the read models cannot be written. */
  const whileBehind = <Answer>(
    ask: (booked: { revision: number; recordedAt: string }) => Promise<Answer>,
  ): Promise<Answer> => behind(async () => receiptIn(await side.ledger.purchase('acme', '1')), ask);

  async function behind<Booked, Answer>(
    book: () => Promise<Booked>,
    ask: (booked: Booked) => Promise<Answer>,
  ): Promise<Answer> {
    const lock = openDatabase(side.file);
    lock.exec('BEGIN IMMEDIATE');
    try {
      const answer = ask(await book());
      answer.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      lock.exec('ROLLBACK');
      return await answer;
    } finally {
      lock.close();
    }
  }
  const balanceAt = (point: PointInTime) =>
    new GetPastMainAccountHandler(side.reads)
      .execute(new GetPastMainAccountQuery({ mainAccountId: 'acme', point }))
      .then(({ available }) => available);
  const diffSince = (since: string) =>
    new GetStatementDiffHandler(side.reads)
      .execute(new GetStatementDiffQuery({ mainAccountId: 'acme', since }))
      .then(({ entries }) => entries.length);
  const hashAt = async (revision: number) =>
    (JSON.parse((await side.ledger.events('acme'))[revision]!.metadata) as EventMetadata).hash;

  it('is an account that is there, and a SIP account', async () => {
    const open = (mainAccountId: string) => () => side.ledger.funded(mainAccountId, '7', 'desk');
    expect(await behind(open('a'), () => side.overview('a'))).toMatchObject({ available: '7.0000' });
    expect(await behind(open('b'), () => side.balance('b', 'desk'))).toMatchObject({ available: '0.0000' });
    const history = await behind(open('c'), () => side.history('c'));
    expect(history.entries).toHaveLength(3);
    const add = () => side.ledger.addSip('acme', 'lobby');
    expect(await behind(add, () => side.balance('acme', 'lobby'))).toMatchObject({ available: '0.0000' });
  });

  it('is found by the revision of its receipt', async () => {
    expect(await whileBehind(({ revision }) => balanceAt({ atRevision: revision }))).toBe('101.0000');
  });

  it('counts as of its time', async () => {
    expect(await whileBehind(({ recordedAt }) => balanceAt({ asOf: recordedAt }))).toBe('101.0000');
  });

  it('is in the tree of the size that it makes, and of later ones', async () => {
    const checkpoints = checkpointsOf(side);
    const { size } = readCheckpoint(await checkpoints.latest(), []);
    const note = await whileBehind(() => checkpoints.at(size + 1));
    expect(readCheckpoint(note, []).size).toBe(size + 1);
    const proof = await whileBehind(() => checkpoints.consistency(size, size + 2));
    expect(readCheckpoint(proof.checkpoint, []).size).toBe(size + 2);
    const booked = await whileBehind(({ revision }) => checkpoints.event('acme', revision));
    expect(booked.leafIndex).toBe(size + 2);
  });

  it('is in the statement and the history of a period that ended after it', async () => {
    const rightAfter = (recordedAt: string): string => {
      const until = new Date(Date.parse(recordedAt) + 1).toISOString();
      while (new Date().toISOString() < until);
      return until;
    };
    const last = await whileBehind(async ({ recordedAt, revision }) => {
      const query = new GetHistoryQuery({ mainAccountId: 'acme', until: rightAfter(recordedAt) });
      const { entries } = await new GetHistoryHandler(side.reads).execute(query);
      return revision - entries.at(-1)!.revision;
    });
    expect(last).toBe(0);
    const available = await whileBehind(async ({ recordedAt }) => {
      const until = rightAfter(recordedAt);
      const query = new GetStatementQuery({ mainAccountId: 'acme', from: recordedAt, until });
      return (await new GetStatementHandler(side.reads).execute(query)).closing.mainAccount.available;
    });
    expect(available).toBe('102.0000');
  });

  it('is known as what a statement rests on, by its revision and by its hash alone', async () => {
    expect(
      await whileBehind(async ({ revision }) => diffSince(`${revision}:${await hashAt(revision)}`)),
    ).toBe(0);
    expect(await whileBehind(async ({ revision }) => diffSince(await hashAt(revision)))).toBe(0);
  });
});
