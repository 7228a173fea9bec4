import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable, StreamDamaged } from '../../src/event-store/errors.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { AccountsIndex, type Snapshot } from '../../src/ledger/accounts-index.js';
import { emptyFold } from '../../src/ledger/domain/account.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { EmptyIndex, Ledger } from '../support/ledger.js';

describe('an account of which somebody has changed an event in the file', () => {
  let directory: string;
  let store: SqliteEventStore;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    store = await SqliteEventStore.open(join(directory, 'events.db'));
    const ledger = new Ledger(store);
    await ledger.funded('acme', '10', 'desk');
    await ledger.add('acme', 'desk', '1');
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const meddle = (sql: string) => {
    const db = openDatabase(join(directory, 'events.db'));
    db.exec(sql);
    db.close();
  };

  const snapshotAt3 = (): AccountsIndex =>
    new (class extends EmptyIndex {
      override snapshot(): Snapshot {
        return { account: emptyFold('acme'), head: { revision: 3, hash: 'its hash' } };
      }
    })();

  it.each([
    ['its data are no JSON', `data = '{'`],
    ['its data lack something', `data = '{}'`],
    ['it names a SIP account that was never added', `data = replace(data, 'desk', 'dusk')`],
    ['its metadata are no JSON', `metadata = '{'`],
    ['its metadata are null', `metadata = 'null'`],
    ['it links to another event', `metadata = json_set(metadata, '$.previousHash', 'other')`],
    ['its hash is none', `metadata = json_set(metadata, '$.hash', '"')`],
    ['it does not say when it was recorded', `metadata = json_remove(metadata, '$.recordedAt')`],
    ['its time is none', `metadata = json_set(metadata, '$.recordedAt', 'never"')`],
  ])('takes no commands, and an alarm names the event: %s', async (_, set) => {
    meddle(`UPDATE events SET ${set} WHERE revision = 3`);
    for (const index of [new EmptyIndex(), snapshotAt3()]) {
      const ledger = new Ledger(store, index);
      const refused = ledger.purchase('acme', '1');
      await expect(refused).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(refused).rejects.toThrow('mainAccount-acme/3 does not follow revision 2');
      expect(ledger.notes.alarms.at(-1)).toMatch(/hidden, missing or changed/);
    }
  });

  it('does not begin again when all its events are gone and the read models know that it had some', async () => {
    meddle('DELETE FROM events');
    const ledger = new Ledger(store, snapshotAt3());
    await expect(ledger.open('acme')).rejects.toBeInstanceOf(StreamDamaged);
    expect(await ledger.events('acme')).toEqual([]);
    expect(ledger.notes.alarms.at(-1)).toMatch(/the events of mainAccount-acme are gone/);
  });
});
