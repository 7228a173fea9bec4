/** An error as the driver throws it. @param errcode SQLite's result code, extended or not */
export const sqliteError = (message: string, errcode: number): Error =>
  Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
