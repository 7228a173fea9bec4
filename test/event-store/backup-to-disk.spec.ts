import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newEvents, newStream } from '../contract/event-store.contract.js';
import { ROOT, temporaryDirectory } from '../support/service.js';

describe('a backup to a disk that fails', () => {
  let directory: string;
  let copies: string;
  let copy: string;
  beforeEach(async () => {
    directory = temporaryDirectory();
    copies = join(directory, 'copies');
    mkdirSync(copies);
    copy = join(copies, 'monday.db');
    const store = await SqliteEventStore.open(join(directory, 'events.db'));
    await store.append(newStream(), newEvents(7), 'no-stream');
    await store.close();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What the command ends with where the disk is unsound. */
  const run = (unsound: string) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', join(ROOT, 'test/files', unsound), join(ROOT, 'dist/backup.js'), copy],
      {
        encoding: 'utf8',
        env: { ...process.env, LEDGER_DATA_DIR: directory, UNSOUND_WITH: 'monday.db' },
      },
    );
    return { status, stderr };
  };

  it('has no name where what it holds may not outlive a power cut', () => {
    expect(run('unsound-files.mjs')).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^The backup failed: .*monday\.db.*EIO: i\/o error, fsync\n$/),
    });
    expect(readdirSync(copies)).toEqual([]);
  });

  it('is said to be there also where a power cut may yet undo its name', () => {
    expect(run('unsound-directories.mjs')).toEqual({
      status: 1,
      stderr: `The backup failed: ${copy} was written, but a power cut may undo it: EIO: i/o error, fsync\n`,
    });
    expect(readdirSync(copies)).toEqual(['monday.db']);
  });
});
