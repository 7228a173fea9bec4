import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { START, type EventStore } from '../../src/event-store/event-store.js';
import { openEventStoreDb } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { collect } from '../contract/event-store.contract.js';
import { mainAccountIdOf } from '../../src/ledger/streams.js';
import { Profiles } from '../../src/profiles/profiles.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';
import { testConfig } from '../support/read-side.js';
import { ROOT, temporaryDirectory } from '../support/service.js';

const SOMEBODY = { actor: 'somebody', correlationId: 'test' };

let simulator: Simulator;
let directory: string;

beforeEach(async () => {
  simulator = await Simulator.start();
  directory = temporaryDirectory();
});
afterEach(async () => {
  await simulator.stop();
  rmSync(directory, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const copyStore = (...args: string[]): Promise<Ended> & { kill(): void } => {
  let kill = (): void => {};
  const ended = new Promise<Ended>((resolve) => {
    const program = join(ROOT, 'dist/copy-store.js');
    const child = execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    kill = () => child.kill('SIGKILL');
  });
  return Object.assign(ended, { kill });
};

const embedded = (name: string): Promise<EventStore> => openEventStore(testConfig(join(directory, name)));
const cluster = (): Promise<EventStore> => openEventStoreDb({ eventStoreDbUrl: simulator.url });

/** Some accounts whose events lie between one another, and the receipt of one key. */
async function fill(store: EventStore): Promise<string> {
  const ledger = new Ledger(store);
  await Promise.all(['a', 'b', 'c'].map((account) => ledger.funded(account, '100', '1', '2')));
  for (let turn = 0; turn < 10; turn++)
    for (const account of ['a', 'b', 'c']) await ledger.add(account, '1', '1.5', `turn-${turn}`);
  return (await ledger.add('a', '2', '7', 'known')).receipt;
}

const without = (events: readonly object[]) => events.map((event) => ({ ...event, position: undefined }));
const typesOf = async (store: EventStore, stream: string) =>
  (await collect(store.readStream(stream))).map(({ type }) => type);
const ledgerOf = async (store: EventStore) =>
  without(
    (await collect(store.readAll(START))).filter(({ stream }) => mainAccountIdOf(stream) !== undefined),
  );
const logOf = async (store: EventStore) => without(await collect(store.readAll(START)));

describe('npm run copy-store', () => {
  it('moves an embedded ledger to EventStoreDB and back, and it is the same ledger', async () => {
    const before = await embedded('before');
    const receipt = await fill(before);
    const log = await logOf(before);
    const { tree } = await audit(() => before.readAll(START));
    await before.close();

    const there = await copyStore('--from', `sqlite:${join(directory, 'before')}`, '--to', simulator.url);
    expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining(`${log.length} events copied`) });
    const moved = await cluster();
    expect(await logOf(moved)).toEqual(log);
    expect(await new Ledger(moved).add('a', '2', '7', 'known')).toMatchObject({ receipt, replayed: true });
    expect((await audit(() => moved.readAll(START))).tree).toEqual(tree);
    await moved.close();

    const back = await copyStore('--from', simulator.url, '--to', `sqlite:${join(directory, 'after')}`);
    expect(back.code).toBe(0);
    const after = await embedded('after');
    expect(await logOf(after)).toEqual(log);
    await after.close();
  });

  it('copies the ledger of the moment at which it begins, while the service goes on', async () => {
    const source = await embedded('before');
    await fill(source);
    const log = await logOf(source);
    simulator.appendFault = () => {
      if (simulator.appends === 1) void new Ledger(source).open('later');
      return undefined;
    };
    const copied = await copyStore('--from', `sqlite:${join(directory, 'before')}`, '--to', simulator.url);
    expect(copied).toMatchObject({
      code: 0,
      stdout: `${log.length} events copied, ${log.length} read back and the same as in the source.\n`,
    });
    expect(await logOf(source)).toHaveLength(log.length + 1);
    const moved = await cluster();
    expect(await logOf(moved)).toEqual(log);
    await Promise.all([source.close(), moved.close()]);
  });

  it('goes on where it was broken off', async () => {
    const before = await embedded('before');
    await fill(before);
    const log = await logOf(before);
    await before.close();
    const args = ['--from', `sqlite:${join(directory, 'before')}`, '--to', simulator.url];
    const broken = copyStore(...args);
    simulator.appendFault = () => void (simulator.appends === 12 && broken.kill());
    await broken;
    expect(simulator.log.events.length).toBeLessThan(log.length);
    expect((await copyStore(...args)).code).toBe(0);
    const moved = await cluster();
    expect(await logOf(moved)).toEqual(log);
    await moved.close();
  });

  it('refuses a target that holds something else', async () => {
    const [before, moved] = [await embedded('before'), await cluster()];
    await fill(before);
    await new Ledger(moved).open('another');
    await Promise.all([before.close(), moved.close()]);
    const refused = await copyStore('--from', `sqlite:${join(directory, 'before')}`, '--to', simulator.url);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the store is not empty') });
    expect(refused.stderr).not.toContain('Run it again');
    expect(simulator.log.stream('mainAccount-a')).toHaveLength(0);
  });

  it('forgets in the copy the names that were erased in the source since', async () => {
    const [before, source] = [await embedded('before'), `sqlite:${join(directory, 'before')}`];
    await fill(before);
    for (const account of ['a', 'b'])
      await new Profiles(before).name(
        { mainAccountId: account, sipAccountId: '1', name: 'Zebedee' },
        SOMEBODY,
      );
    await before.close();
    expect((await copyStore('--from', source, '--to', simulator.url)).code).toBe(0);

    const later = await embedded('before');
    await new Profiles(later).erase('a', SOMEBODY);
    await later.deleteStream('profile-b');
    await new Ledger(later).add('a', '1', '1.5', 'later');
    const log = await ledgerOf(later);
    await later.close();
    const again = await copyStore('--from', source, '--to', simulator.url);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2 events copied') });

    const moved = await cluster();
    expect(await ledgerOf(moved)).toEqual(log);
    expect(await typesOf(moved, 'profile-a')).toEqual(['NamesErased']);
    expect(await typesOf(moved, 'profile-b')).toEqual([]);
    await moved.close();
  });

  it('copies names that were given after an erasure, whether the source was scavenged or not', async () => {
    const before = await cluster();
    await fill(before);
    const profiles = new Profiles(before);
    await profiles.name({ mainAccountId: 'a', sipAccountId: '1', name: 'Zebedee' }, SOMEBODY);
    await profiles.erase('a', SOMEBODY);
    await profiles.name({ mainAccountId: 'a', sipAccountId: '1', name: 'Florence' }, SOMEBODY);
    await before.close();
    const args = (name: string) => ['--from', simulator.url, '--to', `sqlite:${join(directory, name)}`];
    expect((await copyStore(...args('hidden'))).code).toBe(0);
    simulator.log.scavenge();
    for (const name of ['scavenged', 'hidden']) expect((await copyStore(...args(name))).code).toBe(0);
    for (const name of ['scavenged', 'hidden']) {
      const moved = await embedded(name);
      expect(await typesOf(moved, 'profile-a')).toEqual(['NamesErased', 'SipAccountNamed']);
      await moved.close();
    }
  });

  it('copies names again that somebody has deleted in the copy, and later ones behind them', async () => {
    const [before, source] = [await embedded('before'), `sqlite:${join(directory, 'before')}`];
    await fill(before);
    const desk = { mainAccountId: 'a', sipAccountId: '1', name: 'Zebedee' };
    await new Profiles(before).name(desk, SOMEBODY);
    await before.close();
    const copy = () => copyStore('--from', source, '--to', simulator.url);
    expect((await copy()).code).toBe(0);
    simulator.log.delete('profile-a');
    expect(await copy()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 events copied/m) });
    const later = await embedded('before');
    await new Profiles(later).name({ ...desk, name: 'Florence' }, SOMEBODY);
    await later.close();
    expect(await copy()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 events copied/m) });
    const moved = await cluster();
    expect(await typesOf(moved, 'profile-a')).toEqual(['SipAccountNamed', 'SipAccountNamed']);
    await moved.close();
  });

  it('names the account of which somebody has removed events, and does not ask to be run again', async () => {
    const before = await cluster();
    await fill(before);
    await before.close();
    simulator.log.hideBefore('mainAccount-b', 5n);
    simulator.log.scavenge();
    const args = ['--from', simulator.url, '--to', `sqlite:${join(directory, 'back')}`];
    for (let run = 0; run < 2; run++)
      expect(await copyStore(...args)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^mainAccount-b goes on at revision 5, but revision 0 is missing .*\n$/,
        ),
      });
  });

  it('copies the account of a stream that somebody has deleted, as the log still has it', async () => {
    const before = await cluster();
    await fill(before);
    await before.close();
    simulator.log.tombstone('mainAccount-b');
    const args = ['--from', simulator.url, '--to', `sqlite:${join(directory, 'back')}`];
    expect((await copyStore(...args)).code).toBe(0);
    const moved = await embedded('back');
    expect(await collect(moved.readStream('mainAccount-b'))).toHaveLength(14);
    await moved.close();
  });

  it('says how it is used, and which store it does not know', async () => {
    expect(await copyStore('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^usage: npm run copy-store/),
    });
    for (const [wrong, ...args] of [
      ['--to is missing', '--from', 'sqlite:x'],
      ['--from names no store', '--from', 'x', '--to', simulator.url],
    ] as const)
      expect(await copyStore(...args)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(`^${wrong}\nusage: npm run copy-store`),
      });
  });

  it.each(['esdb://127.0.0.1:1', 'esdb+discover://ledger.test', 'kurrentdb+discover://ledger.test'])(
    'asks to be run again only where that helps, and takes the form %s',
    async (url) => {
      const missing = join(directory, 'missing');
      const refused = await copyStore('--from', `sqlite:${missing}`, '--to', url);
      expect(refused).toMatchObject({ code: 1, stderr: `${missing} does not exist\n` });
    },
  );
});
