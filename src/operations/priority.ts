import { getPriority, setPriority } from 'node:os';

/** Of two threads that want one core, one of this niceness gets a third of what the other does. */
const NICENESS = 5;
const MOST = 19;

/**
 * Lets the other threads go first where cores are scarce, for good. Linux knows priorities of threads; elsewhere they
 * are of the whole process.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(MOST, getPriority() + NICENESS));
  } catch {
    // Where it is not allowed all is as it was.
  }
}
