import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { MAX_APPEND, type NewEvent } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { requireKey } from '../bearer.js';
import type { Line } from '../load/bulk.js';
import { METADATA, RECEIPT } from './answers.js';

/**
 * Fastify that checks the key, appends an event as long as the ledger's to a log of the same kind, and answers when the
 * disk has it: what any ledger on this log has left. No rules, keys, hashes, balances, read models or metrics.
 * Argument: the file of the log.
 */
const [file = ''] = process.argv.slice(2);
const store = await SqliteEventStore.open(file);
const metadata = JSON.stringify(METADATA);
/** Revision that each stream has once all that is on its way is in the log. */
const revisions = new Map<string, number>();

async function append(stream: string, events: readonly NewEvent[]): Promise<void> {
  const last = revisions.get(stream) ?? -1;
  revisions.set(stream, last + events.length);
  await store.append(stream, events, last < 0 ? 'no-stream' : last);
}

const eventOf = (sipAccountId: string, amount: string): NewEvent => ({
  id: randomUUID(),
  type: 'CreditAllocated',
  data: JSON.stringify({ amount, sipAccountId }),
  metadata,
});

interface AddCredit {
  Params: { m: string; s: string };
  Body: { amount: string };
}

const app = Fastify({ bodyLimit: 2 ** 26 });
requireKey(app);
app.post<AddCredit>('/v1/main-accounts/:m/sip-accounts/:s/add-credit', async ({ params, body }, reply) => {
  await append(params.m, [eventOf(params.s, body.amount)]);
  return reply.code(201).send(RECEIPT);
});

app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) =>
  done(null, body),
);
app.post<{ Body: string }>('/v1/commands', async (request, reply) => {
  const streams = new Map<string, NewEvent[]>();
  const results: string[] = [];
  for (const [at, text] of request.body.split('\n').entries()) {
    const { mainAccountId, sipAccountId = '', amount = '' } = JSON.parse(text) as Line;
    const events = streams.get(mainAccountId) ?? [];
    events.push(eventOf(sipAccountId, amount));
    streams.set(mainAccountId, events);
    results.push(JSON.stringify({ line: at + 1, status: 201, replayed: false, receipt: RECEIPT }));
  }
  const appends: Promise<void>[] = [];
  for (const [stream, events] of streams)
    for (let from = 0; from < events.length; from += MAX_APPEND)
      appends.push(append(stream, events.slice(from, from + MAX_APPEND)));
  await Promise.all(appends);
  return reply.type('application/x-ndjson').send(results.join('\n'));
});

process.once('SIGTERM', () => void app.close().then(() => store.close()));
process.stdout.write(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
