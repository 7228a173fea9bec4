import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuditWatch } from '../../src/audit/audit-watch.js';
import { readCheckpoint, treeHeadText } from '../../src/audit/checkpoint.js';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.js';
import { checkpointFileIn, Checkpoints } from '../../src/audit/checkpoints.js';
import { signNote } from '../../src/audit/signed-note.js';
import { Projections } from '../../src/projections/projections.js';
import { Reads } from '../../src/projections/reads.js';
import { ReadModels } from '../../src/projections/read-models.js';
import { Supervisor } from '../../src/projections/supervisor.js';
import { Notes } from '../support/ledger.js';
import { ReadSide, testConfig } from '../support/read-side.js';
import { checkpointsOf } from './support/credit-ledger.js';
import { fakeIntervals } from './support/fake-intervals.js';

let side: ReadSide;
let notes: Notes;
beforeEach(async () => {
  side = await ReadSide.start();
  notes = new Notes();
  await side.ledger.funded('alice', '100.0000', 'sip-1');
  await side.projections.waitFor('tree', await side.store.head(), 10_000);
});
afterEach(async () => {
  jest.useRealTimers();
  await side.remove();
});

const published = (): number => readCheckpoint(readFileSync(checkpointFileIn(side.dataDir), 'utf8'), []).size;

const booked = async () => {
  await side.ledger.purchase('alice', '1.0000');
  await side.projections.waitFor('tree', await side.store.head(), 10_000);
};

describe('the watch of the ledger', () => {
  it('looks again and again, once at a time, and ends with the look that it is at', async () => {
    fakeIntervals();
    const checkpoints = checkpointsOf(side);
    const publish = checkpoints.publish.bind(checkpoints);
    let looks = 0;
    checkpoints.publish = () => {
      looks += 1;
      return publish();
    };
    const untilLooked = async (times: number) => {
      for (let turn = 0; looks < times && turn < 1_000; turn++) {
        await delay(1);
        jest.advanceTimersByTime(60_000);
      }
      expect(looks).toBe(times);
    };
    const watch = new AuditWatch(checkpoints, side.reads, notes);
    watch.start(60_000);
    jest.advanceTimersByTime(180_000);
    expect(looks).toBe(1);
    await untilLooked(2);
    await booked();
    await untilLooked(3);
    await watch.stop();
    expect(published()).toBe(4);
    expect(jest.getTimerCount()).toBe(0);
    expect(notes.alarms).toEqual([]);
  });

  it('takes what cannot be known now for no finding, nor what fails once it is being stopped', async () => {
    const config = testConfig(side.dataDir, 1);
    const models = new ReadModels();
    const supervisor = new Supervisor(config, models, notes);
    const projections = new Projections(config, side.store, supervisor);
    const behind = new Reads(side.store, models, projections, supervisor);
    const keys = CheckpointKeys.open(side.dataDir);
    const file = checkpointFileIn(side.dataDir);
    const watch = new AuditWatch(new Checkpoints(side.store, behind, keys, file), behind, notes);
    await watch.look();
    await side.store.close();
    await watch.look();
    writeFileSync(file, 'rubbish');
    const stopping = new AuditWatch(checkpointsOf(side), side.reads, notes);
    await stopping.stop();
    await stopping.look();
    expect(notes.alarms).toEqual([]);
  });

  it('says again what has another reason, and not what has other figures', async () => {
    const { origin, signer } = CheckpointKeys.open(side.dataDir);
    const head = { origin, size: 9, root: Buffer.alloc(32, 1) };
    writeFileSync(checkpointFileIn(side.dataDir), signNote(treeHeadText(head), signer));
    const watch = new AuditWatch(checkpointsOf(side), side.reads, notes);
    await watch.look();
    await booked();
    await watch.look();
    expect(notes.alarms).toHaveLength(1);
    writeFileSync(checkpointFileIn(side.dataDir), 'rubbish');
    await watch.look();
    expect(notes.alarms).toHaveLength(2);
  });
});
