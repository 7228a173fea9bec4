import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { StreamDamaged } from '../../src/event-store/errors.js';
import { START, type EventStore } from '../../src/event-store/event-store.js';
import { Profiles } from '../../src/profiles/profiles.js';
import { BUILT } from '../../src/projections/bulk/parts.js';
import { openDatabase, query } from '../../src/sqlite/database.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';
import { project, readModelsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';

const LOST = 'mainAccount-lost';
const context = { actor: 'key:1', correlationId: 'c-1' };
const REACHED = 'read models have reached the end of the log';

let simulator: Simulator;
let store: EventStore;
let ledger: Ledger;
let directory: string;
beforeEach(async () => {
  directory = temporaryDirectory();
  simulator = await Simulator.start();
  store = await openHasty(simulator.url);
  ledger = new Ledger(store);
  await ledger.funded('other', '100', 'desk');
  await ledger.funded('lost', '7');
});
afterEach(async () => {
  await store.close();
  await simulator.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Brings the read models to the end of the log. @returns what is told of it, but for progress */
const projected = async () =>
  (await project(readModelsIn(directory), store, BUILT)).filter(
    ({ kind }) => kind !== 'progress' && kind !== 'opened',
  );

const rows = (sql: string): readonly unknown[] => {
  const db = openDatabase(readModelsIn(directory));
  try {
    return query(db, sql).all();
  } finally {
    db.close();
  }
};
const available = () => rows('SELECT main_account_id, available FROM main_accounts ORDER BY 1');

const DELETIONS = [
  ['for good', (stream: string) => simulator.log.tombstone(stream)],
  ['softly', (stream: string) => void simulator.log.delete(stream)],
] as const;

describe.each(DELETIONS)('an account whose stream somebody deletes %s', (_, remove) => {
  it('takes no commands, and an alarm names the stream', async () => {
    await ledger.purchase('lost', '1', 'before');
    remove(LOST);
    const replica = new Ledger(store);
    for (const command of [
      () => replica.purchase('lost', '1', 'after'),
      () => replica.open('lost', 'again'),
      () => replica.addSip('lost', 'desk'),
    ]) {
      await expect(command()).rejects.toBeInstanceOf(StreamDamaged);
      expect(replica.notes.alarms.at(-1)).toMatch(/mainAccount-lost was deleted/);
    }
    expect(simulator.log.stream(LOST).filter(({ type }) => !type.startsWith('$'))).toHaveLength(3);
    await ledger.purchase('other', '1');
  });

  it('leaves the read models, which hold what they know of it, to the others', async () => {
    await projected();
    remove(LOST);
    await ledger.purchase('other', '1');
    const told = await projected();
    expect(told.filter(({ kind }) => kind === 'stopped')).toEqual([]);
    expect(available()).toEqual([
      ['lost', '7.0000'],
      ['other', '101.0000'],
    ]);
    rmSync(readModelsIn(directory));
    await projected();
    expect(available()).toHaveLength(2);
  });

  it('does not stop read models that are made anew of what a scavenge has left of it', async () => {
    remove(LOST);
    simulator.log.scavenge(simulator.log.stream(LOST)[1]!.position);
    await ledger.purchase('other', '1');
    const told = await projected();
    expect(told.filter(({ kind }) => kind === 'stopped')).toEqual([]);
    expect(told).toContainEqual(expect.objectContaining({ message: expect.stringContaining(LOST) }));
    expect(available()).toEqual([['other', '101.0000']]);
  });

  it('does not have the read models made anew at each start, although its event was their last', async () => {
    await projected();
    remove(LOST);
    await projected();
    expect(await projected()).toEqual([expect.objectContaining({ message: REACHED })]);
    expect(available()).toHaveLength(2);
  });

  it('does not have them made anew either when names stand after it, or only its end is left by a scavenge', async () => {
    const names = new Profiles(store);
    const give = (name: string) =>
      names.name({ mainAccountId: 'other', sipAccountId: 'desk', name }, context);
    await projected();
    await give('Zoë');
    remove(LOST);
    await projected();
    await give('Noël');
    for (const scavenge of [false, true]) {
      if (scavenge) simulator.log.scavenge();
      await projected();
      expect(await projected()).toEqual([expect.objectContaining({ message: REACHED })]);
      expect(available()).toHaveLength(2);
    }
  });
});

describe('an account whose stream is deleted softly while a replica has it in memory', () => {
  it('is booked on there, behind what is hidden, and nowhere a second time', async () => {
    await ledger.purchase('lost', '1', 'before');
    simulator.log.delete(LOST);
    const booked = await ledger.purchase('lost', '1', 'after');
    expect(JSON.parse(booked.receipt)).toMatchObject({ revision: 3 });
    const replica = new Ledger(store);
    for (const key of ['before', 'after'])
      await expect(replica.purchase('lost', '1', key)).rejects.toBeInstanceOf(StreamDamaged);
    await expect(replica.open('lost', 'again')).rejects.toBeInstanceOf(StreamDamaged);
    expect((await audit(() => store.readAll(START))).findings).toEqual([]);
  });
});

describe.each([
  ['deleted softly', () => void simulator.log.delete(LOST)],
  ['cut short', () => simulator.log.hideBefore(LOST, 1n)],
])('a stream that is %s', (_, hide) => {
  it('is named by an alarm of the read models, though no command comes', async () => {
    hide();
    await ledger.purchase('other', '1');
    expect(await projected()).toEqual([
      expect.objectContaining({ level: 'alarm', fields: expect.objectContaining({ stream: LOST }) }),
      expect.objectContaining({ message: REACHED }),
    ]);
    expect(available()).toContainEqual(['lost', '7.0000']);
  });

  it('does not stop read models that are made anew once it was booked on and scavenged', async () => {
    hide();
    await ledger.purchase('lost', '1');
    simulator.log.scavenge();
    await ledger.purchase('other', '1');
    const told = await projected();
    expect(told.filter(({ kind }) => kind === 'stopped')).toEqual([]);
    expect(available()).toEqual([['other', '101.0000']]);
  });
});

describe('a stream that is deleted for good', () => {
  it('takes no commands from a replica that has the account in memory either', async () => {
    simulator.log.tombstone(LOST);
    await expect(ledger.purchase('lost', '1')).rejects.toBeInstanceOf(StreamDamaged);
    expect(ledger.notes.alarms.at(-1)).toMatch(/mainAccount-lost was deleted/);
  });

  it('is named by an alarm of the read models', async () => {
    simulator.log.tombstone(LOST);
    await ledger.purchase('other', '1');
    expect(await projected()).toEqual([
      expect.objectContaining({ level: 'alarm', fields: expect.objectContaining({ stream: LOST }) }),
      expect.objectContaining({ message: REACHED }),
    ]);
  });

  it('is named by verify, also once its events are scavenged', async () => {
    const findings = async () => (await audit(() => store.readAll(START))).findings;
    const named = expect.objectContaining({ check: 'revision', stream: LOST });
    simulator.log.tombstone(LOST);
    expect(await findings()).toEqual([named]);
    simulator.log.scavenge();
    expect(await findings()).toEqual([named]);
  });

  it('erases the names that were in it, and no others', async () => {
    const profiles = new Profiles(store);
    for (const mainAccountId of ['lost', 'other'])
      await profiles.name({ mainAccountId, sipAccountId: 'desk', name: 'Zoë' }, context);
    await projected();
    simulator.log.tombstone('profile-lost');
    await profiles.name({ mainAccountId: 'other', sipAccountId: 'hall', name: 'Noël' }, context);
    expect(await projected()).toEqual([expect.objectContaining({ message: REACHED })]);
    expect(rows('SELECT main_account_id, name FROM names ORDER BY name')).toEqual([
      ['other', 'Noël'],
      ['other', 'Zoë'],
    ]);
    expect((await profiles.names('lost')).size).toBe(0);
  });
});
