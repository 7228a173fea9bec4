import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openReadOnly } from '../../src/sqlite/database.js';
import { startScript } from '../child.js';
import type { Contestant } from '../contestant.js';

const nothing = (): Promise<void> => Promise.resolve();

const ceiling = (name: string, script: string, about: string): Contestant => ({
  name,
  about,
  books: false,
  start: async () => ({
    ...(await startScript(new URL(script, import.meta.url))),
    seed: nothing,
    settle: nothing,
    verify: () => Promise.resolve(0),
  }),
});

/** Servers that only answer: what the frameworks leave to anybody. */
export const ceilings: readonly Contestant[] = [
  ceiling('fastify', 'fastify.ts', 'Fastify that only answers'),
  ceiling('nest', 'nest.ts', 'NestJS on Fastify that only answers'),
  ceiling('nest-validation', 'nest-validation.ts', 'the same with ValidationPipe and class-validator'),
];

/** What any ledger on a log like this one's has left. */
export const durable = (directory: string): Contestant => ({
  name: 'durable',
  about: "Fastify that appends an event to the ledger's log, and nothing else",
  books: true,
  writesOnly: true,
  start: async () => {
    const file = join(await mkdtemp(join(directory, 'durable-')), 'events.db');
    const server = await startScript(new URL('durable.ts', import.meta.url), [file]);
    const log = openReadOnly(file);
    const count = log.prepare<{ events: number }>(
      'SELECT count(*) AS events FROM events JOIN streams ON number = stream WHERE name GLOB ?',
    );
    return {
      ...server,
      seed: nothing,
      settle: nothing,
      verify: ({ name }) => Promise.resolve(count.get(`${name}-*`)!.events),
      stop: () => {
        log.close();
        return server.stop();
      },
    };
  },
});
