import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');

/** Where flags of the engine are written down. It passes over what it does not know, with a line on stderr. */
const FILES = ['src/operations/heap.ts', 'package.json', 'Dockerfile'];

const flagsIn = (file: string): string[] =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /--(?:no-)?((?:max-semi|heap|allocation|parallel)[a-z-]+)/g,
    ),
  ].map(([, flag]) => flag ?? '');

describe('the settings of the heap', () => {
  it('are known to this engine', () => {
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    const flags = [...new Set(FILES.flatMap(flagsIn))];

    expect(flags.toSorted()).toEqual([
      'allocation-site-pretenuring',
      'heap-growing-percent',
      'max-semi-space-size',
      'parallel-scavenge',
    ]);
    for (const flag of flags) expect(known).toMatch(new RegExp(`^ +--${flag} `, 'm'));
  });
});
