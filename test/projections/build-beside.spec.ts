import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { BuildBeside } from '../../src/projections/build-beside.js';
import { killThread } from '../support/kill-thread.js';
import { ReadSide, testConfig } from '../support/read-side.js';

describe('read models that are built beside those in use', () => {
  let side: ReadSide;
  let beside: BuildBeside;
  let told: string[];
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    told = [];
  });
  afterEach(async () => {
    await beside.close();
    await side.remove();
  });

  const build = () => {
    const file = side.file.replace('.db', '.rebuild.db');
    beside = new BuildBeside(testConfig(side.dataDir), file, (_level, message) => told.push(message));
  };
  const never = () => beside.until(() => false);

  it('are as far as the log, and what their thread logs is told apart', async () => {
    build();
    const head = await side.store.head();
    await beside.until(() => beside.progress.position('accounts') >= head);

    expect(told).toContain('rebuild: read models built in bulk');
  });

  it('are not waited for once one of them has stopped at an event', async () => {
    const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
    await side.store.append(mainAccountStream('acme'), [event], 2);
    build();

    await expect(never()).rejects.toThrow('a projection stopped');
  });

  it('are not waited for once their thread has died, and why it has is told', async () => {
    build();
    await beside.until(() => beside.progress.live);
    const { worker } = (beside as unknown as { thread: { worker: Worker } }).thread;

    await Promise.all([expect(never()).rejects.toThrow('unknown wish null'), killThread(worker)]);
  });

  it('are not waited for once they are let go', async () => {
    build();

    await Promise.all([expect(never()).rejects.toThrow('the service is closing'), beside.close()]);
  });
});
