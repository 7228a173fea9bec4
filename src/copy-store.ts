import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotImport, importEvents } from './audit/bundle-import.js';
import { withProgress } from './audit/progress.js';
import { loadConfig, type Config } from './config/config.js';
import { copyStreams } from './event-store/copy-streams.js';
import { reasonOf } from './event-store/errors.js';
import {
  isTombstone,
  START,
  type EventReader,
  type EventStore,
  type Position,
  type RecordedEvent,
} from './event-store/event-store.js';
import { openEventReader, openEventStore } from './event-store/open-event-store.js';
import { mainAccountIdOf } from './ledger/streams.js';
import { collectTheYoungCheaply } from './operations/heap.js';

const USAGE =
  'usage: npm run copy-store -- --from <store> --to <store>\n' +
  'A store is sqlite:<data directory>, or the connection string of EventStoreDB: esdb://…';

/** Which store an option of the command line names. @throws Error with the usage */
function storeNamed(option: string, name: string | undefined): Config {
  if (name === undefined) throw new Error(`${option} is missing\n${USAGE}`);
  const config = loadConfig({});
  const [, dataDir] = /^sqlite:(.+)$/.exec(name) ?? [];
  if (dataDir) return { ...config, store: 'sqlite', dataDir: resolve(dataDir) };
  if (/^(esdb|kurrentdb)(\+discover)?:\/\//.test(name))
    return { ...config, store: 'eventstoredb', eventStoreDbUrl: name };
  // Not the name itself: a connection string with a slip in it may hold a password.
  throw new Error(`${option} names no store\n${USAGE}`);
}

/** Whether it is none of the ledger's streams: those with names are not, since names can be erased. */
const isOfOthers = (stream: string): boolean => mainAccountIdOf(stream) === undefined;

/** The ledger up to a position, so that a source that is still written to comes to an end. */
async function* ledgerUpTo(
  from: EventReader,
  end: Position,
  reached: (position: Position) => void,
): AsyncGenerator<readonly RecordedEvent[]> {
  for await (const page of from.readAll(START)) {
    reached(page.at(-1)?.position ?? START);
    const wanted = page.filter(({ position }) => position <= end);
    yield wanted.filter((event) => !isOfOthers(event.stream) && !isTombstone(event));
    if (wanted.length < page.length) return;
  }
}

/** What was written stays, so the copy can go on; but not into a store that holds something else. */
const brokenOff = (error: unknown): Error =>
  error instanceof CannotImport
    ? error
    : new Error(`${reasonOf(error)}\nRun it again to go on.`, { cause: error });

/**
 * Copies the ledger from one store to the other, in the order of the log: ids, hashes, keys and the tree over the log
 * stay what they are. Then the names, each account's apart, since they can be erased in the meantime. Run again after
 * it was broken off, it compares what is there and goes on behind it.
 * @param total positions up to the end of the source, where they are counted; else 0
 */
async function copyLedger(from: EventReader, to: EventStore, end: Position, total: number): Promise<void> {
  // By the position in the log, which holds names too.
  let at = START;
  const ledger = () => ledgerUpTo(from, end, (position) => (at = position));
  const copy = (verb: string) =>
    withProgress(verb, total, async (progress) => {
      let seen = 0;
      const onProgress = (events: number) => progress.update((seen = events), Number(at));
      const written = await importEvents(to, ledger(), onProgress);
      const others = await copyStreams(from, to, isOfOthers);
      return { written: written + others.written, found: seen + others.found };
    });
  const first = await copy('copied');
  // Nothing is left to write: what this run wrote is read back and compared with the source.
  const again = await copy('compared');
  process.stdout.write(
    `${first.written + again.written} events copied, ${again.found} read back and the same as in the source.\n`,
  );
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [source, target] = [storeNamed('--from', values.from), storeNamed('--to', values.to)];
  if (source.store === 'sqlite' && !existsSync(source.dataDir))
    throw new Error(`${source.dataDir} does not exist`);
  const from = await openEventReader(source);
  try {
    const to = await openEventStore(target);
    try {
      const end = await from.head();
      await copyLedger(from, to, end, source.store === 'sqlite' ? Number(end) : 0);
    } catch (error) {
      throw brokenOff(error);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

collectTheYoungCheaply();
try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
