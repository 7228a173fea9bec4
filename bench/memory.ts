import { readFile } from 'node:fs/promises';

export interface Memory {
  /** Resident now, and the most there ever was, MiB. */
  readonly now: number;
  readonly most: number;
}

/** Of one process. NaN where the system does not tell. */
export async function residentMemory(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: figure('VmRSS'), most: figure('VmHWM') };
}
