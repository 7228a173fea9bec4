import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { Profiles } from '../../src/profiles/profiles.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { FaultyStore } from '../support/faulty-store.js';
import { Ledger } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

const context = { actor: 'key:1', correlationId: 'c-1' };

/** @returns what ends it, besides */
const onEventStoreDb = async (): Promise<readonly [EventStore, () => Promise<void>]> => {
  const simulator = await Simulator.start();
  return [await openHasty(simulator.url), () => simulator.stop()];
};
const onSqlite = async () => [await openTestStore(), async () => undefined] as const;

describe.each([
  ['the embedded store', onSqlite],
  ['EventStoreDB', onEventStoreDb],
])('the names of SIP accounts on %s', (_, open) => {
  let store: EventStore;
  let end: () => Promise<void>;
  beforeAll(async () => void ([store, end] = await open()));
  afterAll(async () => {
    await store.close();
    await end();
  });

  const lengthOf = async (stream: string): Promise<number> => {
    let length = 0;
    for await (const page of store.readStream(stream)) length += page.length;
    return length;
  };

  it('are the last ones given, also for another process', async () => {
    const profiles = new Profiles(store);
    await profiles.name({ mainAccountId: 'acme', sipAccountId: 'desk', name: 'Reception' }, context);
    await profiles.name({ mainAccountId: 'acme', sipAccountId: 'desk', name: 'Zoë' }, context);
    await profiles.name({ mainAccountId: 'acme', sipAccountId: 'door', name: 'Door' }, context);
    await profiles.name({ mainAccountId: 'acme', sipAccountId: 'door', name: '' }, context);
    for (const reader of [profiles, new Profiles(store)])
      expect([...(await reader.names('acme'))]).toEqual([['desk', 'Zoë']]);
  });

  it('are written once, however often the same name is given, and stand from that position on', async () => {
    const profiles = new Profiles(store);
    const command = { mainAccountId: 'once', sipAccountId: 'desk', name: 'Reception' };
    const position = await profiles.name(command, context);
    expect(await profiles.name(command, context)).toBe(position);
    expect(await lengthOf('profile-once')).toBe(1);
  });

  it('all arrive when two processes give names at once', async () => {
    const [one, other] = [new Profiles(store), new Profiles(store)];
    await Promise.all(
      [one, other].map((profiles, index) =>
        profiles.name({ mainAccountId: 'race', sipAccountId: `sip-${index}`, name: `${index}` }, context),
      ),
    );
    expect((await one.names('race')).size).toBe(2);
  });

  it('are given up after a bounded number of lost races; what nobody knows of is not tried again', async () => {
    const faulty = new FaultyStore(store);
    const give = (profiles: Profiles, name: string) =>
      profiles.name({ mainAccountId: 'busy', sipAccountId: 'desk', name }, context);
    let rivals = 0;
    faulty.onAppend = async (append) => {
      await give(new Profiles(store), `rival ${++rivals}`);
      return append();
    };
    await expect(give(new Profiles(faulty), 'mine')).rejects.toThrow(StoreUnavailable);
    expect(rivals).toBe(5);

    faulty.onAppend = () => Promise.reject(new OutcomeUnknown('no reply'));
    await expect(give(new Profiles(faulty), 'mine')).rejects.toThrow(OutcomeUnknown);
  });

  it('are forgotten when they are erased, also by another process, and can be given again', async () => {
    const [one, other] = [new Profiles(store), new Profiles(store)];
    const name = (to: string) => one.name({ mainAccountId: 'gone', sipAccountId: 'desk', name: to }, context);
    await name('Reception');
    await name('Zoë');
    expect((await other.names('gone')).get('desk')).toBe('Zoë');
    await one.erase('gone', context);
    await one.erase('gone', context);
    for (const profiles of [one, other]) expect((await profiles.names('gone')).size).toBe(0);
    // What is left says so to the read models.
    expect(await lengthOf('profile-gone')).toBe(1);
    await name('Door');
    for (const profiles of [one, other, new Profiles(store)])
      expect([...(await profiles.names('gone'))]).toEqual([['desk', 'Door']]);
  });

  it('can be erased again where only half of it was done: deleted, and nobody told', async () => {
    const profiles = new Profiles(store);
    await new Ledger(store).open('half');
    await profiles.name({ mainAccountId: 'half', sipAccountId: 'desk', name: 'Reception' }, context);
    await store.deleteStream('profile-half');
    await profiles.erase('half', context);
    expect(await lengthOf('profile-half')).toBe(1);
  });

  it('stay out of the ledger stream', async () => {
    expect(await lengthOf('mainAccount-acme')).toBe(0);
  });
});
