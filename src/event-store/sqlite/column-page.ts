import type { RecordedEvent } from '../event-store.js';
import { idText } from './event-id.js';
import { ERASED } from './schema.js';

/** Stands between two texts. JSON cannot hold it bare, and the ledger's types do not. */
const SEPARATOR = '\u001F';
/** Hexadecimal digits of an id. */
const ID_DIGITS = 32;

/** As a blob, for the driver cuts a text at a zero in it, and ends the process at a byte that is no UTF-8. */
const texts = (column: string): string =>
  `CAST(group_concat(ifnull(${column}, ''), char(${SEPARATOR.charCodeAt(0)})) AS BLOB)`;
const numbers = (column: string): string => `group_concat(ifnull(CAST(${column} AS INTEGER), -1))`;

/**
 * The columns of many events, each as one value: the driver takes longer to hand a row over than SQLite to read it.
 * Every event adds one value to each, whatever somebody has put into the file: one that were left out could be made up
 * for elsewhere, and the page would tell something else than the rows. No function is called for a value that takes
 * memory for it, which all threads share a lock for.
 */
export const COLUMN_PAGE = `
  ${numbers('position')}, ${numbers('stream')}, ${numbers('revision')},
  CAST(group_concat(CASE WHEN length(id) = ${ID_DIGITS / 2} THEN id ELSE '' END, '') AS BLOB),
  ${texts('type')}, ${texts('data')}, ${texts('metadata')}`;

/** Of one event at least. */
export type ColumnPage = [
  positions: string,
  streams: string,
  revisions: string,
  ids: Buffer,
  types: Buffer,
  data: Buffer,
  metadata: Buffer,
];

/**
 * The events of a page without those that are erased. Their texts are cut out of those of the page: each one keeps its
 * column of all events in memory.
 * @param nameOf a stream's name by its number; undefined when there is none, and then its events are left out
 * @returns undefined when it cannot be told where one value ends and the next begins
 */
export function eventsOfPage(
  [positions, streams, revisions, ids, types, data, metadata]: ColumnPage,
  nameOf: (stream: number) => string | undefined,
): RecordedEvent[] | undefined {
  const position = numbersOf(positions);
  const [stream, revision] = [numbersOf(streams), numbersOf(revisions)];
  const [type, dataText, metadataText] = [textsOf(types), textsOf(data), textsOf(metadata)];
  const id = ids.toString('hex');
  const count = position.length;
  const isWhole = [type, dataText, metadataText].every(({ length }) => length === count);
  if (!isWhole || id.length !== ID_DIGITS * count) return undefined;
  const events: RecordedEvent[] = [];
  for (let nth = 0; nth < count; nth++) {
    const name = nameOf(stream[nth]!);
    if (name === undefined || type[nth] === ERASED) continue;
    events.push({
      id: idText(id.slice(ID_DIGITS * nth, ID_DIGITS * (nth + 1))),
      type: type[nth]!,
      data: dataText[nth]!,
      metadata: metadataText[nth]!,
      stream: name,
      revision: revision[nth]!,
      position: BigInt(position[nth]!),
    });
  }
  return events;
}

const numbersOf = (list: string): readonly number[] => JSON.parse(`[${list}]`) as number[];
const textsOf = (column: Buffer): readonly string[] => column.toString().split(SEPARATOR);
