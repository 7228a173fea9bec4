let [millisecond, written] = [Number.NaN, ''];

/** The time in RFC 3339, UTC, with milliseconds. Many queries are of one, and to write it takes as long as to read. */
export function isoNow(): string {
  const now = Date.now();
  if (now !== millisecond) [millisecond, written] = [now, new Date(now).toISOString()];
  return written;
}
