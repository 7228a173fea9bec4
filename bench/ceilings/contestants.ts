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
