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

  it('leave each thread the room for young objects that it is started with, whatever the command line says', () => {
    const makesGarbage = `
      import { getHeapSpaceStatistics } from 'node:v8';
      const kept = [];
      for (let at = 0; at < 3e6; at++) kept[at % 20_000] = { at };
      console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);`;
    const starts = `
      import { Worker } from 'node:worker_threads';
      import { holdHeapsDown } from ${JSON.stringify(join(ROOT, 'dist/operations/heap.js'))};
      holdHeapsDown();
      new Worker(${JSON.stringify(makesGarbage)}, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 6 } });`;
    const args = ['--max-semi-space-size=32', '--input-type=module', '--eval', starts];

    const bytes = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));

    // Two of the three parts that V8 divides it into.
    expect(bytes).toBe(4 * 2 ** 20);
  });
});
