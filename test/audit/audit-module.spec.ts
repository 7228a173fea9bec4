import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readCheckpoint } from '../../src/audit/checkpoint.js';
import { checkpointFileIn } from '../../src/audit/checkpoints.js';
import { ApiApp } from '../support/api-app.js';
import { fakeIntervals } from './support/fake-intervals.js';

describe('the running service', () => {
  let service: ApiApp;
  beforeEach(async () => {
    fakeIntervals();
    service = await ApiApp.start();
  });
  afterEach(() => void jest.useRealTimers());

  it('watches the ledger without being asked, until it is closed', async () => {
    await service.funded('acme', '100.0000', 'desk');
    const file = checkpointFileIn(service.dataDir);
    const published = () => (existsSync(file) ? readCheckpoint(readFileSync(file, 'utf8'), []).size : 0);
    expect(published()).toBe(0);
    // Without a timer there is nothing to wait for.
    while (published() < 3 && jest.getTimerCount() > 0) {
      jest.advanceTimersByTime(60_000);
      await delay(1);
    }
    const watched = published();
    await service.close();
    expect(watched).toBe(3);
    expect(jest.getTimerCount()).toBe(0);
  });
});
