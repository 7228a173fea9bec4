import { StoreUnavailable } from '../errors.js';
import { ForeignFile } from './schema.js';

/** What an operator reads: what is wrong and what to do, by SQLite's primary result code. */
const SENTENCES: Readonly<Record<number, string>> = {
  5: 'is locked by another program: close what has it open',
  8: 'cannot be written: give the service write access to it and its directory',
  10: 'cannot be read or written: check the disk and its mount',
  11: 'is damaged: stop the service, keep the file, and restore the last backup',
  13: 'has no room to grow: the disk is full; free some space, and the service goes on by itself',
  14: 'cannot be opened: check that its directory exists and that the service may write there',
  26: 'is not an event log, or its first bytes are damaged: choose another file, or restore the last backup',
};

/** SQLite's primary result code, as far as the driver tells it. */
export function resultCode(error: unknown): number | undefined {
  const { rawCode, message } = error as { rawCode?: unknown; message?: unknown };
  if (typeof rawCode === 'number') return rawCode & 0xff;
  // That a file cannot be opened is told in the text alone.
  const told = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(String(message))?.[1];
  return told === undefined ? undefined : Number(told) & 0xff;
}

/** One sentence: which file, what is wrong, what to do. */
export function explain(file: string, error: unknown): string {
  if (error instanceof ForeignFile) return `${file} ${error.message}`;
  const code = resultCode(error);
  const sentence = code === undefined ? undefined : SENTENCES[code];
  return sentence ? `${file} ${sentence}` : `${file}: ${String(error)}`;
}

export function unavailable(file: string, error: unknown): StoreUnavailable {
  return error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(explain(file, error), { cause: error });
}
