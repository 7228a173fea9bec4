import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../support/service.js';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) =>
  join('docs', file),
);
const DOCUMENTS = [
  'README.md',
  'bench/README.md',
  'docker-compose.yml',
  ...pages.filter((file) => file.endsWith('.md')),
];

/** All places in the documents that look so. */
const shown = (pattern: RegExp) =>
  DOCUMENTS.flatMap((file) =>
    [...read(file).matchAll(pattern)].map(([line, ...parts]) => ({ file, line, parts })),
  );

// What cannot be run by a test names at least what is there.
it('the documents show only scripts that package.json has', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const found = shown(/npm run (?:--silent )?([\w:-]+)/g);
  expect(found.length).toBeGreaterThan(10);
  for (const { file, line, parts } of found)
    expect([file, line, Object.keys(scripts)]).toEqual([file, line, expect.arrayContaining(parts)]);
});

it('the documents show only services and profiles that the compose file has', () => {
  const found = shown(
    /docker compose(?: -f (\S+))?(?: --profile (\w+))? (?:up|logs|exec|cp)\b(?: -[\w-]+)*(?: ([\w-]+))?/g,
  );
  expect(found.length).toBeGreaterThan(8);
  for (const { file, line, parts } of found) {
    const [compose = 'docker-compose.yml', ...names] = parts as (string | undefined)[];
    const { services } = parse(read(compose), { merge: true }) as {
      services: Record<string, { profiles?: string[] }>;
    };
    const there = [
      ...Object.keys(services),
      ...Object.values(services).flatMap(({ profiles = [] }) => profiles),
    ];
    const named = names.filter((name) => name !== undefined);
    expect([file, line, there]).toEqual([file, line, expect.arrayContaining(named)]);
  }
});
