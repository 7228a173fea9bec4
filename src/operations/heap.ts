import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Memory settings of the engine, for all threads of a process. */

/** Nearly all that a thread here makes is garbage at once, and is to cost as little as such. */
export function collectTheYoungCheaply(): void {
  // V8 learns where long-lived objects are made, and makes those old at once. Of the pages that a log is read in it now
  // and then learns so wrongly. Then each one, dead or not, keeps its events from being collected with the young:
  // reading took 2.4 times as long, a rebuild up to 1.6 times, and which runs it hit was chance.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Helpers of a collection only wait for a core that another of our threads is on: 2 to 5 % of the processor time of
  // commands in bulk. Where there are more cores they make its pauses shorter.
  if (availableParallelism() <= 2) setFlagsFromString('--no-parallel-scavenge');
}

/** Holds the heaps of a service down that may have thousands of accounts in use. */
export function holdHeapsDown(): void {
  // What the command line says of the room for young objects was meant for this thread, whose heap is made already. It
  // would go before what each of the others is started with.
  setFlagsFromString('--max-semi-space-size=0');
  // A heap is collected once it has grown by so much since the last time. Left to itself, V8 lets it grow to four times
  // its size where the machine has much memory: 300 MB more with 100 000 accounts.
  setFlagsFromString('--heap-growing-percent=40');
}
