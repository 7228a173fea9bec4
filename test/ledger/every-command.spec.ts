import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sample } from 'fast-check';
import { readLine } from '../../src/api/bulk/bulk-line.js';
import { LedgerCommand } from '../../src/ledger/commands/ledger-command.js';
import { EVENT_TYPES } from '../../src/ledger/domain/events.js';
import { actions, commandOf } from '../property/model.js';
import { contextOf } from '../support/ledger.js';
import { ROOT } from '../support/service.js';

const COMMANDS = join(ROOT, 'src/ledger/commands');
const page = (name: string): string => readFileSync(join(ROOT, 'docs/reference', name), 'utf8');

type CommandClass = new (data: object, context: ReturnType<typeof contextOf>) => LedgerCommand;

/** The name of each command that the ledger has. */
async function allCommands(): Promise<readonly string[]> {
  const files = readdirSync(COMMANDS).map((name) => join(COMMANDS, name));
  const exported = (await Promise.all(files.map((file) => import(file)))).flatMap(
    (module: object) => Object.values(module) as unknown[],
  );
  const isCommand = (thing: unknown): thing is CommandClass =>
    typeof thing === 'function' && thing.prototype instanceof LedgerCommand;
  return exported.filter(isCommand).map((type) => new type({}, contextOf('key')).type);
}

describe('every command', () => {
  it('is in the model that the properties are shown with', async () => {
    const sent = new Set(
      sample(actions(1), 100).flatMap((list) => list.map((action) => commandOf(action).type)),
    );
    expect([...sent].toSorted()).toEqual((await allCommands()).toSorted());
  });

  it('is taken in bulk', async () => {
    const { error } = readLine(Buffer.from('{}'), { actor: 'a', correlationId: 'b', causationId: 'c' });
    for (const name of await allCommands()) expect((error as Error).message).toContain(name);
  });

  it('is told of in the reference', async () => {
    for (const name of await allCommands())
      for (const file of ['bulk.md', 'events.md']) expect(page(file)).toContain(`| \`${name}\``);
  });
});

it('every type of event is told of in the reference', () => {
  for (const type of EVENT_TYPES) expect(page('events.md')).toContain(`| \`${type}\``);
});
