/** Bytes of one line, as of the body of a single command. */
export const MAX_LINE_BYTES = 16_384;
/** Lines of one request. */
export const MAX_LINES = 50_000;
/** Bytes of one request's lines, all together. */
export const MAX_BYTES = 16 * 1024 * 1024;
/** Lines of one request whose main accounts are booked all or none: they are kept until the last one is in. */
export const MAX_LINES_TOGETHER = 10_000;
/** Requests that are open at a time; one more is turned away. */
export const MAX_OPEN = 4;
/** Lines that are read and decided at a stretch: as many as one append carries. */
export const MAX_BLOCK_LINES = 400;
/**
 * Blocks of one request that are on their way at a time: while one is written the next ones are decided. All the
 * open requests together stay below what may wait for one main account.
 */
export const MAX_BLOCKS = 4;
/** A client that neither sends nor takes anything for so long is let go. */
export const IDLE_MS = 30_000;
