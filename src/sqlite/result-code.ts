/** SQLite's primary result codes that something is made of. */
export const SQLITE_BUSY = 5;
export const SQLITE_READONLY = 8;
export const SQLITE_IOERR = 10;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_CONSTRAINT = 19;
export const SQLITE_NOTADB = 26;

/** SQLite's own words for them: of an error of `all` the driver gives nothing else. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['database is locked', SQLITE_BUSY],
  ['attempt to write a readonly database', SQLITE_READONLY],
  ['disk I/O error', SQLITE_IOERR],
  ['database disk image is malformed', SQLITE_CORRUPT],
  ['database or disk is full', SQLITE_FULL],
  ['unable to open database file', SQLITE_CANTOPEN],
  ['file is not a database', SQLITE_NOTADB],
]);

/** SQLite's primary result code; undefined for an error that is not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  const { errcode, message } = (error ?? {}) as { errcode?: unknown; message?: unknown };
  // The low byte is the kind, the rest its details.
  return typeof errcode === 'number' ? errcode & 0xff : WORDS.get(String(message));
}

/** True when the file itself is at fault: no retry would help. */
export const isDamage = (error: unknown): error is Error =>
  [SQLITE_CORRUPT, SQLITE_NOTADB].includes(resultCode(error) ?? 0);
