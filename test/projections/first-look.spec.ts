import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import type { Position } from '../../src/event-store/event-store.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { killThread } from '../support/kill-thread.js';
import { ReadSide } from '../support/read-side.js';

describe('read models that nobody has looked at for a while', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
  });
  afterEach(() => side.remove());

  const available = async () => (await side.overview('acme')).available;
  /** Resolves when the read models hold the position, without a look and without hurrying them. */
  const arrived = (position: Position) =>
    new Promise<void>((resolve) => {
      const look = () => side.projections.position('accounts') >= position && (stop(), resolve());
      const stop = side.projections.onProgress(look);
      look();
    });
  /** Milliseconds until five bookings, one after the other, can be seen. */
  const fiveBookings = async () => {
    const began = performance.now();
    for (let i = 0; i < 5; i += 1) await arrived((await side.ledger.purchase('acme', '1')).position);
    return performance.now() - began;
  };

  it('let commits gather', async () => {
    expect(await fiveBookings()).toBeGreaterThan(450);
  });

  it('move as soon as somebody looks, who sees all that was booked until then, whatever he asks for', async () => {
    await fiveBookings();
    await side.ledger.purchase('acme', '1');
    const answers = await Promise.all([available(), side.balance('acme', 'desk'), side.history('acme')]);
    const head = String(await side.store.head());

    expect(answers[0]).toBe('106.0000');
    expect(answers.slice(1)).toEqual([
      expect.objectContaining({ position: head }),
      expect.objectContaining({ position: head }),
    ]);
  });

  it('are quick from then on, also when another thread has to go on with them', async () => {
    await available();
    expect(await fiveBookings()).toBeLessThan(400);
    await killThread((side.supervisor as unknown as { thread: { worker: Worker } }).thread.worker);
    while (!side.projections.ready) await new Promise((resolve) => setTimeout(resolve, 5));
    await available();

    expect(await fiveBookings()).toBeLessThan(400);
  });

  it('are shown as they are, soon, where they cannot move or nobody knows where the log ends', async () => {
    const letGo = holdReadModels(side.dataDir);
    await side.ledger.purchase('acme', '1');
    const began = performance.now();
    expect(await available()).toBe('100.0000');
    expect(performance.now() - began).toBeLessThan(1000);
    letGo();
    await side.remove();

    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
    side.store.head = () => Promise.reject(new StoreUnavailable('it does not answer'));
    expect(await available()).toBe('100.0000');
  });
});
