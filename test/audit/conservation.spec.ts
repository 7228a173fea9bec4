import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditWatch } from '../../src/audit/audit-watch.js';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.js';
import { checkpointFileIn, Checkpoints } from '../../src/audit/checkpoints.js';
import { BODY } from '../../src/projections/accounts/entry-body.js';
import { findBreaches } from '../../src/projections/conservation/find-breaches.js';
import {
  GetConservationHandler,
  GetConservationQuery,
} from '../../src/projections/conservation/get-conservation.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { Notes } from '../support/ledger.js';
import { ReadSide } from '../support/read-side.js';
import { added, allocated, goodLog, LogBuilder, opened, purchased, reclaimed } from './support/good-log.js';
import { storeLog } from './support/stored-log.js';

let side: ReadSide;
beforeEach(async () => {
  side = await ReadSide.start();
});
afterEach(async () => {
  await side.close();
  rmSync(side.dataDir, { recursive: true, force: true });
});

const certificate = async (mainAccountId: string) =>
  new GetConservationHandler(side.reads).execute(
    new GetConservationQuery({ mainAccountId, atLeast: await side.store.head() }),
  );

describe('the certificate of conservation', () => {
  it('says what was purchased and what remains, at which event', async () => {
    await storeLog(side.store, goodLog());
    expect(await certificate('alice')).toMatchObject({
      purchased: '100.0000',
      spent: '0.0000',
      held: '0.0000',
      mainAccount: { available: '0.0000' },
      sipAccounts: { available: '100.0000' },
      holds: true,
      firstBreach: null,
      revision: 7,
    });
  });

  it('names the first event that broke the equation, and goes on watching', async () => {
    const log = new LogBuilder();
    for (const event of [
      opened,
      purchased('1.0000'),
      added('s'),
      allocated('s', '3.0000'),
      reclaimed('s', '3.0000'),
    ])
      log.add('alice', event);
    log.add('bob', opened);
    await storeLog(side.store, [...log.events]);
    expect(await certificate('alice')).toMatchObject({
      holds: false,
      firstBreach: {
        revision: 3,
        eventId: log.events[3]?.id,
        reason: 'the main account has -2.0000, below zero',
      },
      revision: 4,
    });
    expect(await findBreaches(side.reads)).toMatchObject({
      count: 1,
      first: [{ mainAccountId: 'alice', revision: 3, eventId: log.events[3]?.id }],
    });
    expect(side.projections.ready).toBe(true);
  });

  it.each(['available', 'sip_accounts_available'] as const)(
    'does not hold where the history shows something else: %s',
    async (column) => {
      await storeLog(side.store, goodLog());
      await certificate('alice');
      const db = openDatabase(side.file);
      db.exec(`UPDATE entries SET body = json_set(body, '$[${BODY.indexOf(column)}]', '7.0000')`);
      db.close();
      expect(await certificate('alice')).toMatchObject({
        holds: false,
        firstBreach: { revision: 7, reason: expect.stringContaining('the history shows') },
      });
    },
  );

  it('raises one alarm for an account, which names the event', async () => {
    const log = new LogBuilder();
    for (const event of [opened, added('s'), allocated('s', '3.0000')]) log.add('alice', event);
    await storeLog(side.store, log.events);
    await certificate('alice');
    const { store, reads, dataDir } = side;
    const checkpoints = new Checkpoints(
      store,
      reads,
      CheckpointKeys.open(dataDir),
      checkpointFileIn(dataDir),
    );
    const alarms: unknown[] = [];
    class Alarms extends Notes {
      override alarm(message: string, fields?: object): void {
        alarms.push([message, fields]);
      }
    }
    const watch = new AuditWatch(checkpoints, reads, new Alarms());
    await watch.look();
    await watch.look();
    const breach = { mainAccountId: 'alice', revision: 2, eventId: log.events[2]?.id };
    expect(alarms).toEqual([['main account alice does not add up', expect.objectContaining(breach)]]);
  });
});
