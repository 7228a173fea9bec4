import { existsSync, writeFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { ReadModelBehind } from '../../src/projections/errors.js';
import type { ProjectionsThread } from '../../src/projections/projections-thread.js';
import { removeReadModels } from '../../src/projections/read-models-file.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { killThread } from '../support/kill-thread.js';
import { Ledger, receiptIn } from '../support/ledger.js';
import { ReadSide, testConfig } from '../support/read-side.js';

describe('the read models of a running service', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk', 'attic');
    await side.ledger.add('acme', 'desk', '12.2109');
  });
  afterEach(() => side.remove());

  const restart = async (meanwhile: () => void = () => undefined) => {
    await side.close();
    meanwhile();
    side = await ReadSide.start(side.dataDir);
    await side.caughtUp();
  };
  const answers = async () => {
    await side.caughtUp();
    const { asOf: _, ...overview } = await side.overview('acme');
    const { asOf: __, ...history } = await side.history('acme');
    return { overview, history };
  };
  /** Ends the thread as a crash would. */
  const crash = () =>
    killThread((side.supervisor as unknown as { thread: { worker: Worker } }).thread.worker);
  const until = async (condition: () => boolean) => {
    for (let i = 0; i < 500 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };

  it('are the same after a restart, and after they were deleted', async () => {
    const before = await answers();
    await restart();
    expect(await answers()).toEqual(before);
    await restart(() => removeReadModels(side.file));
    expect(await answers()).toEqual(before);
  });

  it('answer, once the service has started, with all that the log held by then', async () => {
    await side.caughtUp();
    const { dataDir } = side;
    await side.close();
    const store = await openEventStore(testConfig(dataDir));
    const ledger = new Ledger(store);
    // More than they take in one step.
    for (let booked = 0; booked < 20_000; booked += 5000)
      await Promise.all(Array.from({ length: 5000 }, () => ledger.purchase('acme', '1')));
    const head = String(await store.head());
    await store.close();
    side = await ReadSide.start(dataDir);
    const [overview, history] = await Promise.all([side.overview('acme'), side.history('acme')]);
    expect([overview.position, history.position]).toEqual([head, head]);
  });

  it('are built anew when the file is damaged, which is kept', async () => {
    const before = await answers();
    await restart(() => writeFileSync(side.file, 'garbage '.repeat(4096)));

    expect(await answers()).toEqual(before);
    expect(existsSync(`${side.file}.damaged`)).toBe(true);
  });

  it('are rebuilt beside those in use, which answer until the new ones take their place', async () => {
    await answers();
    const rebuilt = side.projections.rebuild();
    const bookings = [];
    for (let i = 0; i < 20; i += 1) {
      const booking = await side.ledger.purchase('acme', '1');
      bookings.push(booking);
      expect((await side.overview('acme', booking.position)).available).toBe(
        receiptIn(booking).mainAccount.available,
      );
    }
    await rebuilt;
    const after = await side.ledger.purchase('acme', '1');

    expect((await side.overview('acme', after.position)).available).toBe(
      receiptIn(after).mainAccount.available,
    );
    expect(existsSync(side.file.replace('.db', '.rebuild.db'))).toBe(false);
    for (const { receipt } of bookings) {
      const { idempotencyKey } = (await side.history('acme')).entries[
        receiptIn({ receipt } as never).revision
      ]!;
      expect(side.index.command('acme', idempotencyKey)?.receipt).toBe(receipt);
    }
  });

  it('answer as before when a rebuild is broken off, of which the next start leaves nothing', async () => {
    const before = await answers();
    const besideFile = side.file.replace('.db', '.rebuild.db');
    const rebuilt = side.projections.rebuild();
    await (side.supervisor as unknown as { beside: ProjectionsThread }).beside.close();
    await expect(rebuilt).rejects.toThrow('the service is closing');
    expect(await answers()).toEqual(before);

    const left = [besideFile, `${besideFile}.beside`];
    await restart(() => left.forEach((file) => writeFileSync(file, 'half of it')));
    expect(await answers()).toEqual(before);
    expect(left.filter((file) => existsSync(file))).toEqual([]);
  });

  it('give the write side the fold and the receipts as the log has them', async () => {
    await side.caughtUp();
    const snapshot = side.index.snapshot('acme')!;
    const fresh = new Ledger(side.store);
    const booking = await fresh.add('acme', 'attic', '1', 'the-key');
    await side.caughtUp();

    expect(snapshot.head.revision).toBe(4);
    expect([...snapshot.account.sipAccounts].map(([id, sum]) => `${id} ${sum.toFixed(4)}`)).toEqual([
      'desk 12.2109',
      'attic 0.0000',
    ]);
    expect(snapshot.account.purchased.toFixed(4)).toBe('100.0000');
    expect(side.index.command('acme', 'the-key')).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      receipt: booking.receipt,
      position: booking.position,
    });
    expect(side.index.command('acme', 'another')).toBeUndefined();
    expect(side.index.snapshot('nobody')).toBeUndefined();
  });

  it('replay a key after a restart without its events in memory', async () => {
    const first = await side.ledger.add('acme', 'desk', '1', 'once');
    await restart();
    const again = await side.ledger.add('acme', 'desk', '1', 'once');

    expect(again).toEqual({ ...first, replayed: true });
  });

  it('are not ready while a projection has stopped, say where, and stop there again', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    const position = await side.store.append(mainAccountStream('acme'), [event], 4);

    await expect(side.overview('acme', position)).rejects.toThrow(ReadModelBehind);
    expect(side.projections.ready).toBe(false);
    expect(side.projections.stopped[0]).toMatchObject({
      eventId: event.id,
      type: 'CreditVanished',
      position,
    });
    expect((await side.overview('acme')).available).toBe('87.7891');
    await side.close();
    side = await ReadSide.start(side.dataDir, 200);
    const stoppedAgain = () =>
      side.projections.stopped.filter(({ projection }) => ['accounts', 'conservation'].includes(projection));
    await until(() => stoppedAgain().length === 2 && side.supervisor.progress.live);
    expect(side.projections.ready).toBe(false);
    // It has never been at the end of the log, as far as this service knows.
    await expect(side.overview('acme')).rejects.toThrow('has stopped');
  });

  it('come back when their thread dies', async () => {
    await side.caughtUp();
    await crash();
    await until(() => !side.projections.ready);
    const booking = await side.ledger.purchase('acme', '1');

    expect((await side.overview('acme', booking.position)).available).toBe(
      receiptIn(booking).mainAccount.available,
    );
    await until(() => side.projections.ready);
  });

  it('never lose what was read from them, not even when somebody deletes the file of a running service', async () => {
    const first = await side.ledger.add('acme', 'desk', '1', 'once');
    const before = await answers();
    removeReadModels(side.file);
    await crash();
    await until(() => !side.projections.ready);
    expect(side.index.command('acme', 'once')?.receipt).toBe(first.receipt);
    await until(() => side.projections.ready);

    expect(await answers()).toEqual(before);
    expect(existsSync(side.file)).toBe(true);
    expect(side.index.command('acme', 'once')?.receipt).toBe(first.receipt);
    // What is read is the file that is written.
    const later = await side.ledger.purchase('acme', '1');
    expect((await side.overview('acme', later.position)).available).toBe(
      receiptIn(later).mainAccount.available,
    );
  });

  it('answer what they hold while the log cannot be asked, and deny nothing that it may hold by now', async () => {
    const before = await answers();
    await side.store.close();
    expect(await side.overview('acme')).toMatchObject(before.overview);
    expect(await side.history('acme')).toMatchObject(before.history);
    await expect(side.overview('nobody')).rejects.toThrow(StoreUnavailable);
    await expect(side.balance('acme', 'lobby')).rejects.toThrow(StoreUnavailable);
    await expect(side.history('nobody')).rejects.toThrow(StoreUnavailable);
  });

  it('say when they have not come far enough within the bound', async () => {
    await side.caughtUp();
    await side.supervisor.close();
    const booking = await new Ledger(side.store).purchase('acme', '1');

    await expect(side.projections.waitFor('accounts', booking.position, 50)).rejects.toThrow(ReadModelBehind);
    expect(await side.projections.lag()).toContainEqual({
      projection: 'accounts',
      positions: 1n,
      seconds: expect.any(Number),
    });
  });

  it('begin anew to count for how long they are behind, once they were there', async () => {
    const behind = async () => {
      await side.caughtUp();
      const began = performance.now();
      const letGo = holdReadModels(side.dataDir);
      await side.ledger.purchase('acme', '1');
      await side.projections.lag();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const lag = await side.projections.lag();
      letGo();
      const { seconds } = lag.find(({ projection }) => projection === 'accounts')!;
      return { seconds, atMost: (performance.now() - began) / 1000 };
    };
    expect((await behind()).seconds).toBeGreaterThan(0.09);
    const { seconds, atMost } = await behind();
    expect(seconds).toBeLessThan(atMost);
  });

  it('have no lag once they are there', async () => {
    await side.caughtUp();

    expect(side.projections.ready).toBe(true);
    expect(await side.projections.lag()).toContainEqual({
      projection: 'accounts',
      positions: 0n,
      seconds: 0,
    });
  });
});
