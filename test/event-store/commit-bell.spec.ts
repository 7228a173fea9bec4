import { getEventListeners, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitBell, CommitListener } from '../../src/event-store/sqlite/commit-bell.js';

describe('the bell of a log', () => {
  let bell: CommitBell;
  let listener: CommitListener;
  let ending: AbortController;
  beforeEach(() => {
    bell = new CommitBell('/data/events.db');
    listener = new CommitListener('/data/events.db');
    ending = new AbortController();
  });
  afterEach(() => {
    ending.abort();
    bell.close();
    listener.close();
  });

  /** Rings, and resolves when all have heard who listen by now. */
  async function ring(): Promise<void> {
    // Channels hear in the order in which they were opened.
    const last = new BroadcastChannel('commits to /data/events.db');
    const heard = once(last, 'message');
    bell.ring();
    await heard;
    last.close();
  }

  /** Whether the listener is awake before anything else can happen. */
  const isAwake = (hearing: Promise<void>): Promise<boolean> =>
    Promise.race([hearing.then(() => true), nextTurn(false)]);

  it('wakes who sleeps, and who was at work when it rang does not fall asleep, once', async () => {
    const asleep = listener.heard(ending.signal);
    expect(await isAwake(asleep)).toBe(false);
    await ring();
    expect(await isAwake(asleep)).toBe(true);
    await ring();
    expect(await isAwake(listener.heard(ending.signal))).toBe(true);
    expect(await isAwake(listener.heard(ending.signal))).toBe(false);
  });

  it('wakes nobody who listens for another log', async () => {
    const other = new CommitListener('/other/events.db');
    const asleep = other.heard(ending.signal);
    await ring();
    expect(await isAwake(asleep)).toBe(false);
    other.close();
  });

  it('is waited for no longer than the signal allows', async () => {
    const asleep = listener.heard(ending.signal);
    ending.abort();
    expect(await isAwake(asleep)).toBe(true);
    expect(await isAwake(listener.heard(ending.signal))).toBe(true);
  });

  it('leaves nothing behind on the signal, however often it rings', async () => {
    for (let commit = 0; commit < 3; commit++) {
      const asleep = listener.heard(ending.signal);
      await ring();
      await asleep;
    }
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
  });
});
