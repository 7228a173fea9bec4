/** Failures whose message tells an operator what is wrong and what to do. */
const FORESEEN: ReadonlySet<string> = new Set([
  'ApiKeysFileError',
  'CannotRead',
  'CannotWrite',
  'CheckpointKeyFileError',
  'StoreUnavailable',
]);

/** By the system's code for it. */
const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken; stop what uses it, or choose another with LEDGER_PORT',
  EACCES: 'not allowed; choose a port above 1023 with LEDGER_PORT',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with LEDGER_HOST',
  ENOTFOUND: 'there is no such host; choose another with LEDGER_HOST',
};

/** Why the service did not start: one clear line, or the stack of an error that nobody foresaw. */
export function startFailure(error: unknown, { host, port }: { host: string; port: number }): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `cannot listen on ${host}:${port}: ${CANNOT_LISTEN[code] ?? error.message}`;
  if (path) return `${error.message}: look at LEDGER_DATA_DIR and at who may write there`;
  return FORESEEN.has(error.name) ? error.message : (error.stack ?? error.message);
}
