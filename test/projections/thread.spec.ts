import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ReadModelBehind } from '../../src/projections/errors.js';
import { newEvents } from '../contract/event-store.contract.js';
import { holdReadModels } from '../support/hold-read-models.js';
import { killThread } from '../support/kill-thread.js';
import { receiptIn } from '../support/ledger.js';
import { ReadSide } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';

describe('the thread that writes the read models', () => {
  let side: ReadSide;
  afterEach(() => side.remove());

  const workerOf = () => (side.supervisor as unknown as { thread: { worker: Worker } }).thread.worker;
  const until = async (condition: () => boolean) => {
    for (let i = 0; i < 500 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };

  it('leaves no remembered answer behind when it dies between a commit and telling of it', async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('100.0000');
    workerOf().removeAllListeners('message');
    const booking = await side.ledger.purchase('acme', '1');
    await until(() => side.models.position('accounts') === booking.position);
    expect((await side.overview('acme')).available).toBe('100.0000');
    await killThread(workerOf());

    const after = await side.overview('acme', booking.position);
    expect(after.available).toBe(receiptIn(booking).mainAccount.available);
    expect((await side.balance('acme', 'desk', booking.position)).position).toBe(String(booking.position));
  });

  it('leaves no remembered answer behind when it has so much to take that it takes it in several steps', async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('100.0000');
    const letGo = holdReadModels(side.dataDir);
    // With this one it waits for the file.
    await side.ledger.open('other');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { position } = await side.ledger.purchase('acme', '1');
    for (let i = 0; i < 8; i += 1) await side.store.append(`unrelated-${i}`, newEvents(400), 'no-stream');
    letGo();

    expect((await side.overview('acme', position)).available).toBe('101.0000');
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('101.0000');
  });

  it('is started again when it cannot start, and meanwhile commands are booked and queries told to come back', async () => {
    const dataDir = temporaryDirectory();
    const obstacle = join(dataDir, 'read-models.db');
    mkdirSync(obstacle);
    side = await ReadSide.start(dataDir, 50);
    await side.ledger.funded('acme', '100', 'desk');
    await expect(side.overview('acme')).rejects.toThrow(ReadModelBehind);
    expect(side.projections.ready).toBe(false);

    rmdirSync(obstacle);
    await until(() => side.projections.ready);
    await side.caughtUp();
    expect((await side.overview('acme')).available).toBe('100.0000');
  });
});
