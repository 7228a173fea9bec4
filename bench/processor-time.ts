import { readdir, readFile } from 'node:fs/promises';

/** The kernel counts in these, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly parent: number;
  readonly ticks: number;
}

/**
 * Seconds of processor time that the processes and all that descend from them have taken so far. Neighbours on
 * the machine change it far less than they change a rate. NaN where the system does not tell.
 */
export async function processorSeconds(pids: readonly number[]): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const processes = new Map<number, Process>();
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    const found = await readProcess(name);
    if (found) processes.set(Number(name), found);
  }
  if (!pids.every((pid) => processes.has(pid))) return Number.NaN;
  const belongs = (pid: number): boolean =>
    pids.includes(pid) || (pid > 1 && belongs(processes.get(pid)?.parent ?? 0));
  let ticks = 0;
  for (const [pid, process] of processes) if (belongs(pid)) ticks += process.ticks;
  return ticks / TICKS_PER_SECOND;
}

/** Undefined for one that has ended meanwhile. */
async function readProcess(pid: string): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The fields follow the command's name, which may hold anything, in brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  // User and system time, and both of the children that have ended.
  const times = fields.slice(11, 15).map(Number);
  return { parent: Number(fields[1]), ticks: times.reduce((sum, time) => sum + time, 0) };
}

/** Seconds of processor time since the machine started: of all programs, and of this one with its descendants. */
export interface Cores {
  readonly at: number;
  readonly all: number;
  readonly own: number;
}

export async function readCores(): Promise<Cores> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => '');
  // Of all cores together: user nice system idle iowait irq softirq steal. Interrupts are nobody's, and mostly ours.
  const [user, nice, system, , , , , steal] = (stat.split('\n', 1)[0] ?? '')
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const ticks = [user, nice, system, steal].reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0);
  return { at: performance.now(), all: ticks / TICKS_PER_SECOND, own: await processorSeconds([process.pid]) };
}

/** How many cores others took since then, on average. */
export async function othersSince(before: Cores): Promise<number> {
  const now = await readCores();
  const taken = now.all - before.all - (now.own - before.own);
  return Math.max(0, taken / ((now.at - before.at) / 1000));
}
