import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore, NewEvent } from '../../src/event-store/event-store.js';
import { newEvent, newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { APPEND_FAULTS, Simulator, type AppendFault } from '../support/eventstoredb/simulator.js';

const STREAM = 'mainAccount-acme';

let simulator: Simulator;
let store: EventStore;

beforeEach(async () => {
  simulator = await Simulator.start();
  store = await openHasty(simulator.url);
});
afterEach(async () => {
  await store.close();
  await simulator.stop();
});

/** These faults in turn, then none. */
const faults = (...turns: (AppendFault | undefined)[]): void => {
  simulator.appendFault = () => turns.shift();
};

const always = (fault: AppendFault): void => {
  simulator.appendFault = () => fault;
};

const stored = (): string[] => simulator.log.stream(STREAM).map(({ id }) => id);
const idsOf = (events: readonly NewEvent[]): string[] => events.map(({ id }) => id);

/** What became of each: the error's name, or that all is well. */
const namesOf = async (appends: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(appends)).map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as Error).name : 'ok',
  );

describe('an append that meets a fault', () => {
  it.each(APPEND_FAULTS)('is written once, and acknowledged, after: %s', async (fault) => {
    const events = newEvents(3);
    faults(fault, fault);
    const position = await store.append(STREAM, events, 'no-stream');
    expect(stored()).toEqual(idsOf(events));
    expect(simulator.log.stream(STREAM).at(-1)?.position).toBe(position);
    expect(simulator.appends).toBeGreaterThan(1);
  });

  it.each<AppendFault>(['unavailable', 'too busy'])(
    'is surely not written while the server is: %s',
    async (fault) => {
      always(fault);
      await expect(store.append(STREAM, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailable);
      expect(stored()).toEqual([]);
    },
  );

  it('is surely not written when no server is there', async () => {
    await simulator.network.down();
    await expect(store.append(STREAM, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('is surely not written when nobody knows the name of the server', async () => {
    // Longer than a part of a name may be, so that no name server is waited for.
    const host = `${'x'.repeat(64)}.invalid`;
    const lost = await openHasty(`esdb://${host}:2113?tls=false`, { tryMs: 5_000 });
    const appending = lost.append(STREAM, newEvents(1), 'no-stream');
    await expect(appending).rejects.toBeInstanceOf(StoreUnavailable);
    await lost.close();
  });

  it.each<AppendFault>(['reply lost', 'write lost', 'silence, not written', 'timeout, written'])(
    'has an unknown outcome when every try ends so: %s',
    async (fault) => {
      always(fault);
      await expect(store.append(STREAM, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(OutcomeUnknown);
    },
  );

  it('has an unknown outcome when the server goes away after a doubtful try', async () => {
    simulator.appendFault = () => {
      void simulator.network.down();
      return 'silence, written';
    };
    await expect(store.append(STREAM, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('tells the truth when it is sent again after an unknown outcome', async () => {
    const events = newEvents(2);
    always('reply lost');
    await expect(store.append(STREAM, events, 'no-stream')).rejects.toBeInstanceOf(OutcomeUnknown);
    faults();
    await store.append(STREAM, events, 'no-stream');
    expect(stored()).toEqual(idsOf(events));
  });

  it('survives a restart of the server between its tries', async () => {
    const events = newEvents(2);
    faults('silence, written');
    const appending = store.append(STREAM, events, 'no-stream');
    await simulator.restart(100);
    await appending;
    expect(stored()).toEqual(idsOf(events));
  });
});

describe('appends that share a call', () => {
  const streams = Array.from({ length: 30 }, (_, at) => `mainAccount-${at}`);
  const appendAll = (expected: number | 'no-stream') =>
    Promise.all(streams.map((stream) => store.append(stream, newEvents(2), expected)));
  const outcomes = async (expected: (at: number) => number | 'no-stream') =>
    namesOf(streams.map((stream, at) => store.append(stream, newEvents(2), expected(at))));
  const lengths = () => streams.map((stream) => simulator.log.stream(stream).length);

  it.each(APPEND_FAULTS)('are each written once when one of them meets: %s', async (fault) => {
    faults(...Array.from({ length: 10 }, () => undefined), fault);
    await appendAll('no-stream');
    await appendAll(1);
    expect(lengths()).toEqual(streams.map(() => 4));
  });

  it.each<AppendFault>(['not leader', 'reply lost', 'call ended, written'])(
    'are in doubt, all that wait for an answer, when the call ends over one of them: %s',
    async (fault) => {
      let count = 0;
      simulator.appendFault = () => {
        count += 1;
        if (count === 11) return fault;
        return count > 11 ? 'unavailable' : undefined;
      };
      const told = await outcomes(() => 'no-stream');
      expect(told).toContain('OutcomeUnknown');
      expect(told).not.toContain('StoreUnavailable');
      expect(lengths().filter((_, at) => told[at] === 'ok')).toEqual(
        told.flatMap((name) => (name === 'ok' ? [2] : [])),
      );
    },
  );

  it('are answered each with what became of it', async () => {
    await appendAll('no-stream');
    expect(await outcomes((at) => at % 2)).toEqual(
      streams.map((_, at) => (at % 2 ? 'ok' : 'RevisionConflict')),
    );
  });

  it('go on over another call after the server has ended an idle one', async () => {
    await appendAll('no-stream');
    simulator.network.cut();
    await appendAll(1);
    expect(lengths()).toEqual(streams.map(() => 4));
  });
});

describe('a wrong expected revision', () => {
  it('is a conflict at the first try', async () => {
    await store.append(STREAM, newEvents(2), 'no-stream');
    await expect(store.append(STREAM, newEvents(1), 0)).rejects.toMatchObject({
      name: 'RevisionConflict',
      actualRevision: 1,
    });
    expect(simulator.appends).toBe(2);
  });

  it('after a doubtful try is a conflict when another writer was first', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    const other = newEvent();
    simulator.appendFault = () => {
      simulator.appendFault = () => undefined;
      simulator.log.append(
        STREAM,
        [
          {
            ...other,
            contentType: 'application/json',
            data: Buffer.from(other.data),
            metadata: Buffer.from(other.metadata),
          },
        ],
        0n,
      );
      return 'write lost';
    };
    await expect(store.append(STREAM, newEvents(1), 0)).rejects.toBeInstanceOf(RevisionConflict);
    expect(stored()).toHaveLength(2);
    expect(stored()[1]).toBe(other.id);
  });

  it('after a doubtful try is unknown as long as the stream cannot be read', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    simulator.readFault = () => ({ after: 0, how: 'error' });
    faults('write lost');
    const appending = store.append(STREAM, newEvents(1), 3);
    await expect(appending).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});

describe('what can never be written', () => {
  it('is not sent: more than the server takes at once', async () => {
    const large = newEvent('x'.repeat(1024 * 1024 + 1));
    await expect(store.append(STREAM, [large], 'no-stream')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.appends).toBe(0);
  });

  it.each([
    ['a text with half of a surrogate pair, which would not come back', { ...newEvent(), data: '"\ud800"' }],
    ['an id that is not a UUID', { ...newEvent(), id: 'one' }],
  ])('is not sent: %s', async (_, event) => {
    await expect(store.append(STREAM, [event], 'no-stream')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.appends).toBe(0);
  });

  it('is not sent to a stream that nobody would follow', async () => {
    await expect(store.append('other-1', newEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.appends).toBe(0);
  });
});

describe('the number of appends on their way', () => {
  it('is bounded, and what waits too long is surely not written', async () => {
    await store.close();
    store = await openHasty(simulator.url, { appends: 4, patienceMs: 300 });
    always('silence, not written');
    const names = await namesOf(
      Array.from({ length: 12 }, (_, at) => store.append(`mainAccount-${at}`, newEvents(1), 'no-stream')),
    );
    expect(names.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'OutcomeUnknown'));
    expect(names.slice(4)).toEqual(Array.from({ length: 8 }, () => 'StoreUnavailable'));
  });
});
