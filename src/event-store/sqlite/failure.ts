import {
  resultCode,
  SQLITE_BUSY,
  SQLITE_CANTOPEN,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  SQLITE_IOERR,
  SQLITE_NOTADB,
  SQLITE_READONLY,
} from '../../sqlite/result-code.js';
import { CannotWrite } from '../../files/small-file.js';
import { StoreUnavailable } from '../errors.js';
import { ForeignFile } from './schema.js';

/** What an operator reads: what is wrong and what to do, by SQLite's primary result code. */
const SENTENCES: Readonly<Record<number, string>> = {
  [SQLITE_BUSY]: 'is locked by another program: close what has it open',
  [SQLITE_READONLY]: 'cannot be written: give the service write access to it and its directory',
  [SQLITE_IOERR]: 'cannot be read or written: check the disk and its mount',
  [SQLITE_CORRUPT]: 'is damaged: stop the service, keep the file, and restore the last backup',
  [SQLITE_FULL]:
    'has no room to grow: the disk is full; free some space, and a running service goes on by itself',
  [SQLITE_CANTOPEN]: 'cannot be opened: check that its directory exists and that the service may write there',
  [SQLITE_NOTADB]:
    'is not an event log, or its first bytes are damaged: choose another file, or restore the last backup',
};

/** One sentence: which file, what is wrong, what to do. */
export function explain(file: string, error: unknown): string {
  if (error instanceof StoreUnavailable || error instanceof CannotWrite) return error.message;
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
