import type { Pool } from 'pg';
import type { AddCredit, Book, Outcome } from './peer.js';

const MAX_BATCH = 256;

interface Waiting {
  readonly command: AddCredit;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The same function, but what comes in while a transaction runs leaves together in the next one of its lane.
 * A main account always has the same lane, so lanes never wait for each other's locks. There are as many lanes
 * as the pool has connections.
 */
export function groupCommit(pool: Pool): Book {
  const lanes = Array.from({ length: pool.options.max ?? 1 }, () => lane(pool));
  return (command) => {
    const chosen = lanes[laneOf(command.mainAccountId) % lanes.length];
    if (!chosen) throw new Error('there is no lane');
    return chosen(command);
  };
}

function lane(pool: Pool): Book {
  let waiting: Waiting[] = [];
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    // Lets the other requests of this turn of the event loop join.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      await send(pool, batch);
    }
    running = false;
  };
  return (command) =>
    new Promise((resolve, reject) => {
      waiting.push({ command, resolve, reject });
      if (!running) void run();
    });
}

async function send(pool: Pool, batch: readonly Waiting[]): Promise<void> {
  try {
    const commands = batch.map(({ command }) => command);
    const { rows } = await pool.query<Outcome>({
      name: 'add-credits',
      text: 'select * from add_credits($1, $2, $3, $4, $5)',
      values: [
        commands.map(({ mainAccountId }) => mainAccountId),
        commands.map(({ sipAccountId }) => sipAccountId),
        commands.map(({ idempotencyKey }) => idempotencyKey),
        commands.map(({ fingerprint }) => fingerprint),
        commands.map(({ amount }) => amount),
      ],
    });
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = rows[index];
      if (outcome) resolve(outcome);
      else reject(new Error('the database gave no outcome'));
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function laneOf(mainAccountId: string): number {
  let hash = 0;
  for (let index = 0; index < mainAccountId.length; index++)
    hash = (hash * 31 + mainAccountId.charCodeAt(index)) >>> 0;
  return hash;
}
