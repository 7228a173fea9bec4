import Fastify from 'fastify';
import { Pool, type PoolConfig } from 'pg';
import { requireKey, sha256 } from '../bearer.js';
import { eventTable } from './event-table.js';
import { groupCommit } from './group-commit.js';
import type { Outcome, Peer } from './peer.js';
import { rowLock } from './row-lock.js';

/** Arguments: the peer's name, its pool size, and the connection as JSON. */
const [name = '', poolSize = '', connection = '{}'] = process.argv.slice(2);
const peers: Record<string, Peer> = {
  'row-lock': rowLock,
  'group-commit': groupCommit,
  'event-table': eventTable,
};

interface Route {
  Params: { m: string; s: string };
  Headers: { 'idempotency-key': string; authorization: string };
  Body: { amount: string };
}

const id = { type: 'string', pattern: '^[A-Za-z0-9._~-]{1,64}$' };
const money = { type: 'string', pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,4})?$' };
const available = { type: 'object', properties: { available: { type: 'string' } } };
const schema = {
  params: { type: 'object', properties: { m: id, s: id } },
  headers: {
    type: 'object',
    properties: { 'idempotency-key': { type: 'string', pattern: '^[!-~]{1,255}$' } },
    required: ['idempotency-key'],
  },
  body: { type: 'object', properties: { amount: money }, required: ['amount'], additionalProperties: false },
  response: {
    201: {
      type: 'object',
      properties: {
        eventId: { type: 'string' },
        type: { type: 'string' },
        mainAccountId: { type: 'string' },
        sipAccountId: { type: 'string' },
        amount: { type: 'string' },
        revision: { type: 'string' },
        recordedAt: { type: 'string' },
        mainAccount: available,
        sipAccounts: available,
        sipAccount: available,
      },
    },
  },
};

const pool = new Pool({ ...(JSON.parse(connection) as PoolConfig), max: Number(poolSize) });
const peer = peers[name];
if (!peer) throw new Error(`no peer is called ${name}`);
const book = peer(pool);

const app = Fastify();
requireKey(app);
app.post<Route>('/v1/main-accounts/:m/sip-accounts/:s/add-credit', { schema }, async (request, reply) => {
  const { m, s } = request.params;
  const { amount } = request.body;
  const fingerprint = `\\x${sha256(`AddCredit/${m}/${s}/${amount}`).toString('hex')}`;
  const idempotencyKey = request.headers['idempotency-key'];
  const outcome = await book({ mainAccountId: m, sipAccountId: s, amount, idempotencyKey, fingerprint });
  if (outcome.outcome === 'booked' || outcome.outcome === 'replayed')
    return reply.code(201).send(receipt(m, s, amount, outcome));
  const status = outcome.outcome.endsWith('-not-found') ? 404 : 422;
  return reply.code(status).type('application/problem+json').send({ status, code: outcome.outcome });
});

const receipt = (m: string, s: string, amount: string, outcome: Outcome) => ({
  eventId: outcome.event_id,
  type: 'CreditAllocated',
  mainAccountId: m,
  sipAccountId: s,
  amount,
  revision: outcome.revision,
  recordedAt: outcome.recorded_at?.toISOString(),
  mainAccount: { available: outcome.main_available },
  sipAccounts: { available: outcome.sips_available },
  sipAccount: { available: outcome.sip_available },
});

process.once('SIGTERM', () => void app.close().then(() => pool.end()));
process.stdout.write(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
