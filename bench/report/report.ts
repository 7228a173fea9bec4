import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Moment } from '../rounds.js';
import { decimal, gridText, percent, type Grid } from './grid.js';
import { median, spread } from './statistics.js';

export interface Report {
  /** Of the files in `results/`. */
  readonly name: string;
  /** How it was measured, who shared the cores: a line each. */
  readonly about: readonly string[];
  readonly grids: readonly Grid[];
  readonly warnings: readonly string[];
  /** All figures, for programs. */
  readonly data: object;
  /** SVG, by the name of its file. */
  readonly charts?: Readonly<Record<string, string>>;
}

/** A rate that is reported, and what it was in each round. */
export interface Rates {
  readonly name: string;
  readonly perSecond: readonly number[];
}

/** What a reader has to know before believing the figures. */
export function warningsOf(moments: readonly Moment[], rates: readonly Rates[]): string[] {
  const drift = spread(moments.map(({ pace }) => pace));
  const others = median(moments.map((moment) => moment.others));
  return [
    ...(drift > 0.25
      ? [`the machine's pace moved by ${percent(drift)} during the run: believe the ratios only`]
      : []),
    ...(others > 0.1 ? [`other programs took ${decimal(others, 2)} cores`] : []),
    ...rates
      .map(({ name, perSecond }) => ({ name, apart: spread(perSecond) }))
      .filter(({ apart }) => apart > 0.3)
      .map(({ name, apart }) => `${name}: rounds differ by ${percent(apart)}`),
  ];
}

/** Prints the report, and leaves it in `results/` as Markdown, JSON and charts. */
export async function publish({ name, about, grids, warnings, data, charts }: Report): Promise<void> {
  const when = new Date().toISOString();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const noise = warnings.length > 0 ? ['', 'Beware:', ...warnings.map((one) => `- ${one}`)] : [];
  const tables = grids.flatMap((grid) => ['', ...gridText(grid)]);
  const text = [`${when} · ${machine}`, ...about, ...tables, ...noise, ''].join('\n');
  const folder = fileURLToPath(new URL('../results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  const json = JSON.stringify({ when, machine, about, ...data, warnings }, null, 2);
  await writeFile(join(folder, `${name}.json`), `${json}\n`);
  await writeFile(join(folder, `${name}.md`), text);
  for (const [file, svg] of Object.entries(charts ?? {})) await writeFile(join(folder, `${file}.svg`), svg);
  process.stdout.write(text);
}
