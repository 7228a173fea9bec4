import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditWatch } from '../../src/audit/audit-watch.js';
import { readCheckpoint, treeHeadText } from '../../src/audit/checkpoint.js';
import { CheckpointKeys, type PublishedKey } from '../../src/audit/checkpoint-keys.js';
import {
  checkpointFileIn,
  Checkpoints,
  HistoryRewritten,
  type EventProof,
} from '../../src/audit/checkpoints.js';
import { statedHash } from '../../src/audit/event-hash.js';
import { eventLeaf, rootOver } from '../../src/audit/merkle.js';
import { provesConsistency, provesInclusion } from '../../src/audit/merkle-proof.js';
import { signNote } from '../../src/audit/signed-note.js';
import { StreamDamaged } from '../../src/event-store/errors.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { ApiApp } from '../support/api-app.js';
import { Notes } from '../support/ledger.js';
import { ReadSide } from '../support/read-side.js';
import { ROOT } from '../support/service.js';
import { logOf } from './support/stored-log.js';

const bytes = (base64: readonly string[]): Buffer[] => base64.map((hash) => Buffer.from(hash, 'base64'));

describe('checkpoints over HTTP', () => {
  let api: ApiApp;
  let key: string;
  beforeAll(async () => {
    api = await ApiApp.start();
    await api.funded('alice', '100.0000', 'sip-1');
    await api.funded('bob', '50.0000', 'sip-1');
    for (let i = 0; i < 5; i++)
      await api.post('/v1/main-accounts/alice/sip-accounts/sip-1/add-credit', { amount: '1.0000' });
    const { json } = await api.send('/v1/checkpoints/keys');
    key = (json['keys'] as PublishedKey[]).at(-1)?.verifierKey ?? '';
  });
  afterAll(() => api.close());

  const noteAt = async (path: string) => (await api.send(`/v1/checkpoints/${path}`)).text;
  const latest = async () => {
    const { headers } = await api.post('/v1/main-accounts/alice/purchases', {
      amount: '1',
      reference: randomUUID(),
    });
    const position = headers.get('Ledger-Position') ?? '';
    const answer = await api.send('/v1/checkpoints/latest', { headers: { 'Ledger-At-Least': position } });
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain/);
    return readCheckpoint(answer.text, [key]);
  };

  it('are signed with the published key and have the root of the log', async () => {
    const { size, root } = await latest();
    const leaves = (await logOf(api.store)).map((event) => eventLeaf(statedHash(event)));
    expect(size).toBe(leaves.length);
    expect(root).toEqual(rootOver(leaves));
  });

  it('come with a proof for every event', async () => {
    await latest();
    for (let revision = 0; revision < 8; revision++) {
      const { json } = await api.send(`/v1/main-accounts/alice/events/${revision}/proof`);
      const proof = json as unknown as EventProof;
      const { size, root } = readCheckpoint(proof.checkpoint, [key]);
      const { hash } = proof.metadata as { hash: string };
      expect(provesInclusion(eventLeaf(hash), proof.leafIndex, size, bytes(proof.proof), root)).toBe(true);
      expect(proof.revision).toBe(revision);
    }
  });

  it('are proved consistent with one another', async () => {
    const { size } = await latest();
    for (let older = 1; older <= size; older++) {
      const { json } = await api.send(`/v1/checkpoints/consistency?from=${older}&to=${size}`);
      const [before, after] = [json['older'], json['checkpoint']].map((note) =>
        readCheckpoint(String(note), [key]),
      );
      expect(before?.size).toBe(older);
      expect(before && after && provesConsistency(before, after, bytes(json['proof'] as string[]))).toBe(
        true,
      );
      expect(await noteAt(String(older))).toBe(json['older']);
    }
  });

  it('are proved consistent up to a position that is asked for', async () => {
    for (let i = 0; i < 10; i++) {
      const { headers } = await api.post('/v1/main-accounts/alice/purchases', {
        amount: '1',
        reference: randomUUID(),
      });
      const position = headers.get('Ledger-Position') ?? '';
      const { json } = await api.send('/v1/checkpoints/consistency?from=1', {
        headers: { 'Ledger-At-Least': position },
      });
      expect(readCheckpoint(String(json['checkpoint']), [key]).size).toBe(Number(position));
    }
  });

  it.each(['latest', '1', 'consistency?from=1'])(
    'are refused for a position beyond the log: %s',
    async (path) => {
      const beyond = { headers: { 'Ledger-At-Least': '100000' } };
      const answer = await api.send(`/v1/checkpoints/${path}`, beyond);
      expect([answer.status, answer.fields]).toEqual([400, ['Ledger-At-Least']]);
    },
  );

  it('are refused for what is not in the log', async () => {
    expect((await api.send('/v1/checkpoints/100000')).problem).toBe('404 not-found');
    expect((await api.send('/v1/checkpoints/one')).problem).toBe('400 invalid-request');
    for (const range of ['from=0', 'from=3&to=2', 'from=1&to=100000'])
      expect((await api.send(`/v1/checkpoints/consistency?${range}`)).problem).toBe('404 not-found');
    expect((await api.send('/v1/main-accounts/alice/events/1000/proof')).problem).toBe('404 not-found');
    expect((await api.send('/v1/main-accounts/carol/events/0/proof')).problem).toBe('404 not-found');
  });

  it('stand beside a certificate of conservation', async () => {
    const { json } = await api.send('/v1/main-accounts/alice/conservation');
    expect(json).toMatchObject({ spent: '0.0000', held: '0.0000', holds: true, firstBreach: null });
    expect((await api.send('/v1/main-accounts/carol/conservation')).problem).toBe(
      '404 main-account-not-found',
    );
  });
});

describe('the ledger holds itself to what it has signed', () => {
  let side: ReadSide;
  beforeEach(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('alice', '100.0000', 'sip-1');
    await side.caughtUp();
  });
  afterEach(() => side.remove());

  const checkpoints = () => {
    const { store, reads, dataDir } = side;
    return new Checkpoints(store, reads, CheckpointKeys.open(dataDir), checkpointFileIn(dataDir));
  };

  it('publishes a checkpoint and goes on from it', async () => {
    await checkpoints().publish();
    await side.ledger.purchase('alice', '1.0000');
    await side.projections.waitFor('tree', await side.store.head(), 5_000);
    await checkpoints().publish();
    expect(readCheckpoint(readFileSync(checkpointFileIn(side.dataDir), 'utf8'), []).size).toBe(4);
  });

  it('publishes nothing again while nothing was booked', async () => {
    const file = () => statSync(checkpointFileIn(side.dataDir)).ino;
    const once = checkpoints();
    await once.publish();
    const published = file();
    await once.publish();
    expect(file()).toBe(published);
  });

  it('publishes again what a power cut may yet undo', () => {
    const program = `
      import { CheckpointKeys } from '${ROOT}/dist/audit/checkpoint-keys.js';
      import { Checkpoints } from '${ROOT}/dist/audit/checkpoints.js';
      const empty = { query: () => ({ get: () => undefined }) };
      const reads = { read: async (name, atLeast, read) => read(empty) };
      const keys = CheckpointKeys.open('${side.dataDir}');
      const file = '${checkpointFileIn(side.dataDir)}';
      const checkpoints = new Checkpoints(undefined, reads, keys, file);
      for (const time of [1, 2])
        await checkpoints.publish().then(() => console.log('published'), ({ message }) => console.log(message));`;
    const unsound = join(ROOT, 'test/files/unsound-directories.mjs');
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', unsound, '--input-type=module', '--eval', program],
      { encoding: 'utf8', env: { ...process.env, UNSOUND_WITH: 'checkpoint.txt' } },
    );
    const told = expect.stringContaining('checkpoint.txt was written, but a power cut may undo it');
    expect(stdout.trim().split('\n')).toEqual([told, told]);
  });

  it.each([
    ['a longer log', 9],
    ['another log', 2],
  ])('signs nothing more once it has signed for %s, and raises one alarm', async (_, size) => {
    const keys = CheckpointKeys.open(side.dataDir);
    const head = { origin: keys.origin, size, root: Buffer.alloc(32, 1) };
    writeFileSync(checkpointFileIn(side.dataDir), signNote(treeHeadText(head), keys.signer));
    await expect(checkpoints().latest()).rejects.toThrow(
      /signed for; if it was restored on purpose, remove checkpoint.txt/,
    );
    const notes = new Notes();
    const watch = new AuditWatch(checkpoints(), side.reads, notes);
    await watch.look();
    await watch.look();
    expect(notes.alarms).toEqual(['no checkpoint can be published']);
  });

  it('proves no other event in the place of one that is missing', async () => {
    const db = openDatabase(join(side.dataDir, 'events.db'));
    db.exec('DELETE FROM events WHERE revision = 1');
    db.close();
    await expect(checkpoints().event('alice', 1)).rejects.toThrow(StreamDamaged);
    await expect(checkpoints().event('alice', 3)).rejects.toThrow('has no event 3');
    expect((await checkpoints().event('alice', 2)).revision).toBe(2);
  });

  it('raises the alarm again after a success', async () => {
    const notes = new Notes();
    const watch = new AuditWatch(checkpoints(), side.reads, notes);
    const file = checkpointFileIn(side.dataDir);
    const lookAt = async (text: string): Promise<number> => {
      writeFileSync(file, text);
      await watch.look();
      return notes.alarms.length;
    };
    await watch.look();
    const good = readFileSync(file, 'utf8');
    expect(await lookAt('rubbish')).toBe(1);
    expect(await lookAt('rubbish')).toBe(1);
    expect(await lookAt(good)).toBe(1);
    expect(await lookAt('rubbish')).toBe(2);
  });

  it('signs nothing while it cannot read what it has signed, and says what to do', async () => {
    writeFileSync(checkpointFileIn(side.dataDir), 'rubbish');
    await expect(checkpoints().latest()).rejects.toBeInstanceOf(HistoryRewritten);
    await expect(checkpoints().latest()).rejects.toThrow('checkpoint.txt is no checkpoint');
  });

  it('signs nothing while what it has signed is away: the link to it leads nowhere', async () => {
    symlinkSync('/nowhere/checkpoint.txt', checkpointFileIn(side.dataDir));
    await expect(checkpoints().latest()).rejects.toThrow('checkpoint.txt cannot be read: ENOENT');
  });

  it('has the same roots after the read models were deleted', async () => {
    for (let i = 0; i < 300; i++) await side.ledger.purchase('alice', '0.0001');
    await side.projections.waitFor('tree', await side.store.head(), 5_000);
    const before = await Promise.all([1, 255, 256, 257, 303].map((size) => checkpoints().at(size)));
    await side.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(side.file + suffix, { force: true });
    side = await ReadSide.start(side.dataDir);
    const after = await Promise.all([1, 255, 256, 257, 303].map((size) => checkpoints().at(size)));
    expect(after).toEqual(before);
    const leaves = (await logOf(side.store)).map((event) => eventLeaf(statedHash(event)));
    expect(readCheckpoint(after.at(-1) ?? '', []).root).toEqual(rootOver(leaves));
  });
});
