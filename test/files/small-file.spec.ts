import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CannotWrite, closeToOthers, replaceFile, syncNames } from '../../src/files/small-file.js';
import { ROOT, temporaryDirectory } from '../support/service.js';

describe('a small file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = temporaryDirectory();
    path = join(directory, 'keys.json');
  });

  it('is replaced as a whole, for its owner alone to read unless it is for others', () => {
    replaceFile(path, 'old, and longer');
    replaceFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    replaceFile(path, 'new', 0o640);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });

  it('stays as it was on a full disk, with nothing beside it', () => {
    replaceFile(path, 'old');
    symlinkSync('/dev/full', `${path}.new`);
    expect(() => replaceFile(path, 'new')).toThrow(`${path} cannot be written: the disk is full`);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });

  it('says what else stands in the way', () => {
    mkdirSync(path);
    expect(() => replaceFile(path, 'new')).toThrow(/keys\.json cannot be written: EISDIR/);
    writeFileSync(join(directory, 'file'), '');
    expect(() => replaceFile(join(directory, 'file', 'keys.json'), 'new')).toThrow(CannotWrite);
    expect(readdirSync(directory)).toEqual(['file', 'keys.json']);
  });

  it.each(['640', '604', '620', '602'])(
    'is closed to others, with a warning, where its mode is %s',
    (mode) => {
      const warnings: string[] = [];
      replaceFile(path, 'secret');
      chmodSync(path, Number.parseInt(mode, 8));
      for (let start = 0; start < 2; start += 1) closeToOthers(path, (message) => warnings.push(message));
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(warnings).toEqual([
        `${path} was open to other users (mode ${mode}); it is now open to its owner only`,
      ]);
    },
  );

  it('is used as it is, with a warning, where it is not ours to close, as a secret that is mounted', () => {
    const warnings: string[] = [];
    closeToOthers('/proc/sys/kernel/ostype', (message) => warnings.push(message));
    expect(warnings).toEqual([
      expect.stringMatching(/ostype is open to other users \(mode 444\), and stays so: E/),
    ]);
  });

  it('is kept as well as it can be where directories have no sync, as in /proc', () => {
    expect(() => syncNames('/proc')).not.toThrow();
    expect(() => syncNames(join(directory, 'missing'))).toThrow('ENOENT');
  });

  it('is the new one where only its directory cannot be synced, and whoever writes it is told so', () => {
    replaceFile(path, 'old');
    const program = `
      import { replaceFile } from '${ROOT}/dist/files/small-file.js';
      try {
        replaceFile('${path}', 'new');
      } catch (error) {
        console.log(String(error), error.replaced);
      }`;
    const unsound = join(ROOT, 'test/files/unsound-directories.mjs');
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', unsound, '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe(
      `CannotWrite: ${path} was written, but a power cut may undo it: EIO: i/o error, fsync true\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });

  it('is written over what a crash has left of it', () => {
    writeFileSync(`${path}.new`, 'half of what it was to be');
    replaceFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });
});
