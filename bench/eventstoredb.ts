import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { jsonEvent, type BaseOptions } from '@eventstore/db-client';
import type { RecordedEvent } from '../src/event-store/event-store.js';
import { Connection } from '../src/event-store/eventstoredb/connection.js';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { Accounts } from '../src/ledger/accounts.js';
import { AddCreditCommand } from '../src/ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../src/ledger/commands/add-sip-account.js';
import { OpenMainAccountCommand } from '../src/ledger/commands/open-main-account.js';
import { PurchaseCreditCommand } from '../src/ledger/commands/purchase-credit.js';
import { parseAmount } from '../src/ledger/domain/amount.js';
import { LedgerObserver } from '../src/ledger/ledger-observer.js';
import { mainAccountStream } from '../src/ledger/streams.js';
import { Simulator } from '../test/support/eventstoredb/simulator.js';
import { contextOf, EmptyIndex } from '../test/support/ledger.js';
import { median } from './report/statistics.js';

/**
 * The write side on EventStoreDB, in this process, without HTTP and read models, beside the client's own appends of
 * one such event, in both ways that it has: all in one run and in turns, for only their ratio means anything.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000' },
    callers: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
  },
});
const [accounts, callers, rounds, seconds] = [
  values.accounts,
  values.callers,
  values.rounds,
  values.seconds,
].map(Number) as [number, number, number, number];
if (!(accounts >= callers)) throw new Error('every caller needs an account of its own');

class Appends extends LedgerObserver {
  count = 0;
  command(): void {}
  append(): void {
    this.count += 1;
  }
  alarm(what: string): void {
    throw new Error(what);
  }
}

/** Says that it has all, as read models soon do, so that accounts forget their commands: no key comes twice here. */
class KeepingUp extends EmptyIndex {
  override readonly position = 2n ** 62n;
}

type Json = Record<string, unknown>;

interface Contestant {
  readonly name: string;
  /** @param account one that no other caller uses */
  readonly once: (account: number) => Promise<unknown>;
}

interface Sample {
  readonly perSecond: number;
  /** Processor time of this process, µs a command. */
  readonly processor: number;
  readonly appends: number;
  readonly commands: number;
}

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const given = process.env['EVENTSTOREDB_URL'];
const simulator = given ? undefined : await Simulator.start();
const eventStoreDbUrl = given ?? simulator?.url;
tell(
  given
    ? 'on the server at EVENTSTOREDB_URL'
    : 'EVENTSTOREDB_URL is not set: on the simulator, in this very process, which is no database; its work is in every figure',
);

// New names, so that it can run again on the same server.
const run = randomUUID();
const HOT = `${run}-hot`;
const names = Array.from({ length: accounts }, (_, at) => `${run}-${at}`);
const store = await openEventStoreDb({ eventStoreDbUrl }, { prefixes: ['mainAccount-', 'bench-'] });
const appends = new Appends();
const ledger = new Accounts(store, new KeepingUp(), appends);
const sipAccountId = '100';
const fresh = () => contextOf(randomUUID());

async function fund(mainAccountId: string): Promise<void> {
  const purchase = { mainAccountId, amount: parseAmount('900000000'), reference: 'bench' };
  const booked = await ledger.bookTogether([
    new OpenMainAccountCommand({ mainAccountId, currency: 'EUR' }, fresh()),
    new PurchaseCreditCommand(purchase, fresh()),
    new AddSipAccountCommand({ mainAccountId, sipAccountId }, fresh()),
  ]);
  for (const one of booked) if (one.status === 'rejected') throw one.reason;
}

const add = (mainAccountId: string) =>
  ledger.book(new AddCreditCommand({ amount: parseAmount('1.25'), mainAccountId, sipAccountId }, fresh()));

async function eventsOf(mainAccountId: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readStream(mainAccountStream(mainAccountId))) events.push(...page);
  return events;
}

/** How to append one event like the ledger's, each to a stream of that account's at its own expected revision. */
function appending(append: (stream: string, revision: number) => Promise<unknown>): Contestant['once'] {
  const kind = `bench-${randomUUID()}`;
  const next = names.map(() => 0);
  return (account) => append(`${kind}-${account}`, next[account]!++ - 1);
}

/** All callers for a while, each waiting for its answer before it asks again, in turn at accounts of its own. */
async function measure({ once }: Contestant): Promise<Sample> {
  const appended = appends.count;
  const cpu = process.cpuUsage();
  const began = performance.now();
  let commands = 0;
  const call = async (caller: number) => {
    const own = Math.ceil((accounts - caller) / callers);
    for (let turn = 0; performance.now() - began < seconds * 1000; turn += 1, commands += 1)
      await once(caller + (turn % own) * callers);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: (commands * 1000) / (performance.now() - began),
    processor: (user + system) / commands,
    appends: appends.count - appended,
    commands,
  };
}

await Promise.all([HOT, ...names].map(fund));
await add(HOT);
const { type, data, metadata } = (await eventsOf(HOT)).at(-1)!;
const connection = new Connection(eventStoreDbUrl ?? '');
const fields = { data: JSON.parse(data) as Json, metadata: JSON.parse(metadata) as Json };
const byClient = (options: BaseOptions) =>
  appending((stream, revision) =>
    connection.client.appendToStream(stream, jsonEvent({ type, ...fields }), {
      ...options,
      expectedRevision: revision < 0 ? 'no_stream' : BigInt(revision),
    }),
  );
/** With credentials the client makes a call of each append; without, it puts them all on one. */
const { credentials, ...shared } = connection.options;
const byAdapter = appending((stream, revision) =>
  store.append(stream, [{ id: randomUUID(), type, data, metadata }], revision < 0 ? 'no-stream' : revision),
);
const contestants: readonly Contestant[] = [
  { name: 'client, a call each', once: byClient({ ...shared, credentials }) },
  { name: 'client, batched', once: byClient(shared) },
  { name: 'adapter, single events', once: byAdapter },
  { name: `ledger, ${accounts} accounts`, once: (account) => add(names[account]!) },
  { name: 'ledger, one hot account', once: () => add(HOT) },
];
const samples = contestants.map((): Sample[] => []);
let hot = 1;
for (let round = -1; round < rounds; round += 1)
  for (const [at] of contestants.entries()) {
    const turn = (at + round + 1) % contestants.length;
    const sample = await measure(contestants[turn]!);
    if (turn === contestants.length - 1) hot += sample.commands;
    // The first round only warms up.
    if (round >= 0) samples[turn]!.push(sample);
  }
const booked = (await eventsOf(HOT)).filter(({ type }) => type === 'CreditAllocated').length;
if (booked !== hot)
  throw new Error(`${hot} commands were booked on the hot account, and ${booked} are there`);

tell(`${callers} callers, ${rounds} rounds of ${seconds} s each; medians`);
for (const [at, { name }] of contestants.entries()) {
  const own = samples[at]!;
  const rate = median(own.map(({ perSecond }) => perSecond)).toFixed(0);
  const ratioTo = (to: number) =>
    median(own.map(({ perSecond }, round) => perSecond / samples[to]![round]!.perSecond));
  const [toCalls, toBatched] = [ratioTo(0), ratioTo(1)].map((ratio) => ratio.toFixed(2).padStart(5));
  const processor = median(own.map((sample) => sample.processor)).toFixed(0);
  const group = median(own.map((sample) => sample.commands / sample.appends));
  const gathered = Number.isFinite(group) ? `, ${group.toFixed(0)} an append` : '';
  const figures = `${rate.padStart(6)}/s  ${toCalls} of the client's calls, ${toBatched} batched  `;
  tell(`${name.padEnd(24)} ${figures}${processor.padStart(5)} µs of processor${gathered}`);
}
connection.close();
await store.close();
await simulator?.stop();
