import { jest } from '@jest/globals';

/** Lets the test say when what `setInterval` was given comes; everything else keeps its time. */
export const fakeIntervals = (): void =>
  void jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
    ],
  });
