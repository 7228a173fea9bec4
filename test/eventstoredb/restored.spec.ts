import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { START, type EventStore } from '../../src/event-store/event-store.js';
import { newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';

const STREAM = 'mainAccount-acme';
const OTHER = 'mainAccount-other';

/** The server is away while its log is replaced by its beginning, and by what was written since. */
async function restore(simulator: Simulator, length: number, grow = (): void => {}): Promise<void> {
  await simulator.network.down();
  simulator.log.truncate(length);
  grow();
  await simulator.network.up();
}

describe('a log that was restored to an earlier state', () => {
  let simulator: Simulator;
  let store: EventStore;
  let ending: AbortController;
  let following: Promise<void>;

  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url);
    ending = new AbortController();
    await store.append(STREAM, newEvents(30), 'no-stream');
    await new Promise<void>((resolve) => {
      following = follow(resolve);
      following.catch(() => {});
    });
  });
  afterEach(async () => {
    ending.abort();
    await following.catch(() => {});
    await store.close();
    await simulator.stop();
  });

  async function follow(allDelivered: () => void): Promise<void> {
    let count = 0;
    for await (const { events } of store.follow(START, ending.signal))
      if ((count += events.length) === 30) allDelivered();
  }

  async function expectTold(): Promise<void> {
    await expect(following).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(following).rejects.toThrow(/restored to an earlier state/);
  }

  it('is told of while it is shorter than what was delivered', async () => {
    await restore(simulator, 10);
    await expectTold();
  });

  it('is told of while it is shorter, although reads fail in between', async () => {
    let turn = 0;
    simulator.readFault = () => (turn++ % 3 === 0 ? { after: 0, how: 'error' } : undefined);
    await restore(simulator, 10);
    await expectTold();
  });

  it('is told of when it has grown beyond, and within an event lies where the last one was delivered', async () => {
    await restore(simulator, 10, () => simulator.log.fill(OTHER, 60, 33));
    await expectTold();
  });

  it('is told of when it has grown beyond, and another event stands where the last one was delivered', async () => {
    const last = simulator.log.stream(STREAM).at(-1)!.position;
    await restore(simulator, 10, () => {
      simulator.log.fillUpTo(OTHER, last);
      simulator.log.fill(OTHER, 60);
    });
    await expectTold();
  });

  it('is told of when it has grown beyond, and lacks only the last event that was delivered', async () => {
    const last = simulator.log.events.findLastIndex(({ stream }) => stream === STREAM);
    await restore(simulator, last, () => simulator.log.fill(OTHER, 60));
    await expectTold();
  });

  it('is told of when it has grown only after it was seen to be shorter', async () => {
    await restore(simulator, 10);
    setTimeout(() => simulator.log.fill(OTHER, 60, 33), 300);
    await expectTold();
  });

  it('shows in the head', async () => {
    const before = await store.head();
    await restore(simulator, 10);
    expect(await store.head()).toBeLessThan(before);
  });

  it('shows in the head also when others have written since', async () => {
    await restore(simulator, 10, () => simulator.log.fill('order-1', 600));
    expect(await store.head()).toBe(simulator.log.stream(STREAM).at(-1)?.position);
  });

  it('shows in the head also when what others have written since stands in the place of the last event', async () => {
    const before = await store.head();
    await restore(simulator, 10, () => {
      simulator.log.fillUpTo('order-1', before);
      // With it, as many as a search looks at first.
      simulator.log.fill('order-1', 31);
    });
    expect(await store.head()).toBe(simulator.log.stream(STREAM).at(-1)?.position);
  });
});

describe('appends to a log that was restored to an earlier state', () => {
  let simulator: Simulator;
  let store: EventStore;
  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url);
    await store.append(OTHER, newEvents(2), 'no-stream');
  });
  afterEach(async () => {
    await store.close();
    await simulator.stop();
  });

  const expectRefused = async (expected: number): Promise<void> => {
    const before = simulator.log.stream(STREAM).length;
    const refused = store.append(STREAM, newEvents(1), expected);
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(refused).rejects.toThrow(/restored to an earlier state/);
    expect(simulator.log.stream(STREAM)).toHaveLength(before);
  };

  it('are refused, though the stream has come to the expected revision again', async () => {
    await store.append(STREAM, newEvents(5), 'no-stream');
    const before = simulator.log.events.length - 3;
    await restore(simulator, before, () => simulator.log.fill(STREAM, 3));
    // It may leave on the call that breaks.
    await expect(store.append(STREAM, newEvents(1), 4)).rejects.toBeInstanceOf(Error);
    expect(simulator.log.stream(STREAM)).toHaveLength(5);
    await expectRefused(4);
  });

  it('are refused to who has only read what is gone', async () => {
    await store.append(STREAM, newEvents(5), 'no-stream');
    const reader = await openHasty(simulator.url);
    for await (const _ of reader.readStream(STREAM));
    await restore(simulator, simulator.log.events.length - 2);
    await store.close();
    store = reader;
    await reader.append('profile-acme', newEvents(1), 'no-stream').catch(() => {});
    await expectRefused(2);
  });

  it('are refused to who has only asked where the log ends', async () => {
    await store.append(STREAM, newEvents(5), 'no-stream');
    await store.close();
    store = await openHasty(simulator.url);
    await store.head();
    await restore(simulator, simulator.log.events.length - 2);
    await expectRefused(2);
  });

  it('are taken when nothing is gone, or only what may be deleted', async () => {
    const position = await store.append(STREAM, newEvents(5), 'no-stream');
    await restore(simulator, simulator.log.events.length);
    expect(await store.append(STREAM, newEvents(1), 4)).toBeGreaterThan(position);
    await store.append('profile-acme', newEvents(1), 'no-stream');
    await store.deleteStream('profile-acme');
    simulator.log.scavenge();
    await restore(simulator, simulator.log.events.length);
    expect(await store.append(STREAM, newEvents(1), 5)).toBeGreaterThan(position);
  });

  it('are tried again while it cannot be seen whether it was', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    await restore(simulator, simulator.log.events.length);
    let faults = 2;
    simulator.readFault = () => (faults-- > 0 ? { after: 0, how: 'error' } : undefined);
    await store.append(STREAM, newEvents(1), 0);
    expect(simulator.log.stream(STREAM)).toHaveLength(2);
  });
});

describe('a log whose last delivered event was scavenged', () => {
  it('is followed on', async () => {
    const simulator = await Simulator.start();
    const store = await openHasty(simulator.url);
    await store.append('profile-acme', newEvents(3), 'no-stream');
    const position = await store.head();
    await store.deleteStream('profile-acme');
    simulator.log.scavenge();
    await store.append(STREAM, newEvents(2), 'no-stream');
    const ending = new AbortController();
    const revisions: number[] = [];
    for await (const { events } of store.follow(position, ending.signal)) {
      revisions.push(...events.map(({ revision }) => revision));
      if (revisions.length === 2) break;
    }
    expect(revisions).toEqual([0, 1]);
    await store.close();
    await simulator.stop();
  });
});
