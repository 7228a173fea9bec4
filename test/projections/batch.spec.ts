import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventReader, EventStore, LogBatch, Position } from '../../src/event-store/event-store.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import { Projector } from '../../src/projections/projector.js';
import { openReadModels } from '../../src/projections/read-models-file.js';
import { SQLITE_IOERR } from '../../src/sqlite/result-code.js';
import type { Connection } from '../../src/sqlite/database.js';
import { instead } from '../support/instead.js';
import { Ledger } from '../support/ledger.js';
import { failing, project, PROJECTIONS, readModelsIn, rowsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';
import { sqliteError } from '../support/sqlite-error.js';
import { openTestStore } from '../support/sqlite.js';

/** Two pages of the log, which make a batch here, and some more. */
const EVENTS = 250;

describe('a batch that comes page by page', () => {
  let directory: string;
  let file: string;
  let store: EventStore;
  let db: Connection;
  beforeEach(async () => {
    directory = temporaryDirectory();
    file = readModelsIn(directory);
    store = await openTestStore();
    const ledger = new Ledger(store);
    await ledger.open('acme');
    for (let at = 1; at < EVENTS; at++) await ledger.purchase('acme', '1');
    db = openReadModels(file);
  });
  afterEach(async () => {
    db.close();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const rowsOfLog = async () => {
    const fresh = join(directory, 'fresh.db');
    await project(fresh, store);
    return rowsIn(fresh);
  };

  /** Brings the read models to the end of the log; `between` is called after each page but the last. */
  const run = async (between: (projector: Projector, end: AbortController) => void) => {
    const end = new AbortController();
    const reader = pageByPage(store, () => between(projector, end));
    const projector = new Projector(db, reader, PROJECTIONS, (message) => {
      if (message.kind === 'progress' && message.seen === BigInt(EVENTS)) end.abort();
    });
    await projector.run(end.signal);
  };

  it('leaves nothing of its pages when the disk fails on a later one, and is applied whole afterwards', async () => {
    const broken = sqliteError('disk I/O error', SQLITE_IOERR);
    const fault = failing(accountsProjection, ({ revision }) => (revision === 240 ? broken : undefined));
    await expect(project(file, store, [conservationProjection, fault])).rejects.toThrow('disk I/O error');
    expect(rowsIn(file)).toMatchObject({ entries: [], conservation: [] });

    await project(file, store);
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('stops who fails at an event of a later page right before it, and no other', async () => {
    const fault = failing(accountsProjection, ({ revision }) =>
      revision === 240 ? new Error('no') : undefined,
    );
    const messages = await project(file, store, [fault, conservationProjection]);

    expect(messages.filter(({ kind }) => kind === 'stopped')).toEqual([
      { kind: 'stopped', at: expect.objectContaining({ projection: 'accounts', revision: 240 }) },
    ]);
    expect(rowsIn(file)['entries']).toHaveLength(240);
    expect(rowsIn(file)['conservation']).toEqual((await rowsOfLog())['conservation']);
  });

  it('is seen by nobody before its last page', async () => {
    const seen: unknown[] = [];
    await run(() => seen.push(rowsIn(file)['entries']?.length));

    expect(seen).toEqual([0, 200]);
    expect(rowsIn(file)).toEqual(await rowsOfLog());
  });

  it('is dropped when the end comes between two pages', async () => {
    await run((_, end) => end.abort());

    expect(db.isTransaction).toBe(false);
    expect(rowsIn(file)).toMatchObject({ entries: [], conservation: [] });
  });

  it('lets what runs outside of transactions wait for its end, and runs it once', async () => {
    const ran: boolean[] = [];
    const work = () => ran.push(db.isTransaction);
    const waited: number[] = [];
    await run((projector) => {
      projector.outside(work);
      waited.push(ran.length);
    });

    expect(waited).toEqual([0, 2]);
    expect(ran).toEqual([false, false]);
  });
});

/** The reader, of which the log comes by pages and then no more. All but the first are taken for its end. */
function pageByPage(reader: EventReader, between: () => void): EventReader {
  async function* follow(after: Position, signal: AbortSignal): AsyncGenerator<LogBatch> {
    const pages = [];
    for await (const page of reader.readAll(after)) pages.push(page);
    for (const [at, events] of pages.entries()) {
      yield { events, position: events.at(-1)!.position, live: at > 0 };
      if (at < pages.length - 1) between();
      if (signal.aborted) return;
    }
  }
  return instead(reader, { follow });
}
