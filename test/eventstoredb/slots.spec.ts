import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { Slots } from '../../src/event-store/eventstoredb/slots.js';

describe('slots for work', () => {
  /** Work that is begun in turn, and ends, well or not, when it is told to. */
  function workOn(slots: Slots) {
    const begun: string[] = [];
    const ends = new Map<string, (failed?: Error) => void>();
    return {
      begun,
      do: (name: string): Promise<string> =>
        slots.run(() => {
          begun.push(name);
          return new Promise((resolve, reject) =>
            ends.set(name, (failed) => (failed ? reject(failed) : resolve(name))),
          );
        }),
      end: async (name: string, failed?: Error): Promise<void> => {
        ends.get(name)!(failed);
        await new Promise(setImmediate);
      },
    };
  }

  it('are given to those who wait in the order in which they came, also after work that failed', async () => {
    const work = workOn(new Slots(2));
    const done = Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(work.do));
    await new Promise(setImmediate);
    expect(work.begun).toEqual(['a', 'b']);
    await work.end('b', new Error('failed'));
    expect(work.begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c', 'd', 'e']) await work.end(name);
    expect(work.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect((await done).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      ...Array<string>(3).fill('fulfilled'),
    ]);
    void Promise.all(['f', 'g', 'h'].map(work.do));
    await new Promise(setImmediate);
    expect(work.begun.slice(5)).toEqual(['f', 'g']);
  });

  it('are closed when all that was let in has ended, and let in no more', async () => {
    const slots = new Slots(1);
    const work = workOn(slots);
    const done = ['a', 'b'].map(work.do);
    let isClosed = false;
    const closing = slots.close().then(() => (isClosed = true));
    await expect(work.do('c')).rejects.toBeInstanceOf(StoreUnavailable);
    await work.end('a');
    expect({ isClosed, begun: work.begun }).toEqual({ isClosed: false, begun: ['a', 'b'] });
    await work.end('b');
    await closing;
    expect(await Promise.all(done)).toEqual(['a', 'b']);
  });
});
