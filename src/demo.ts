import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from './demo/client.js';
import { addressOf, startService } from './demo/service.js';

/*
 * Runs the real service on a throwaway embedded store through its main job: the example of a customer's screen.
 * It knows the service only from outside, by its public HTTP API, as a billing service does.
 */
const say = (line = '') => process.stdout.write(`${line}\n`);
const MAIN = 'customer-1112';
const [DESK, DOOR, HALL, HOME] = ['32470000001', '32470000002', '32470000003', '32470000004'] as const;

const USAGE = `usage: npm run demo
It takes no arguments; of the LEDGER_ variables it heeds LEDGER_HOST, LEDGER_PORT and LEDGER_LOG_LEVEL.`;

/** Books what the screen shows. Whatever is not booked ends the demo. */
async function book(client: Client): Promise<void> {
  const booked = async (path: string, body?: object) => {
    const { status, body: receipt } = await client.command(path, body);
    if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(receipt)}`);
    const { type, sipAccountId = '', amount = '' } = receipt as Record<string, string>;
    say(`  ${type?.padEnd(18)} ${sipAccountId.padEnd(12)} ${amount.padStart(10)}`);
  };
  const sip = (id: string) => `/${MAIN}/sip-accounts/${id}`;
  await booked('', { mainAccountId: MAIN, currency: 'EUR' });
  await booked(`/${MAIN}/purchases`, { amount: '110.2580', reference: 'shop order 2017-0427' });
  for (const id of [DESK, DOOR, HALL, HOME]) await booked(`/${MAIN}/sip-accounts`, { sipAccountId: id });
  await booked(`${sip(DESK)}/add-credit`, { amount: '20' });
  await booked(`${sip(DOOR)}/add-credit`, { amount: '5.5' });
  await booked(`${sip(HALL)}/add-credit`, { amount: '25' });
  await booked(`${sip(HOME)}/add-credit`, { amount: '11.6871' });
  await booked(`${sip(DOOR)}/remove-all-credit`);
  // A part cannot be removed: remove all, then add the wanted amount again.
  await booked(`${sip(DESK)}/remove-all-credit`);
  await booked(`${sip(DESK)}/add-credit`, { amount: '12.2109' });
}

async function retryAndRefuse(client: Client): Promise<void> {
  const path = `/${MAIN}/sip-accounts/${DESK}/add-credit`;
  const retried = await client.command(path, { amount: '12.2109' }, 'demo-13');
  say('\nThe last command again, with the same key, as after a lost reply:');
  say(
    `  ${retried.status}  Idempotent-Replayed: ${retried.headers.get('Idempotent-Replayed')}  (nothing was booked)`,
  );
  const refused = await client.command(path, { amount: '100' });
  say('\nMore than there is:');
  say(`  ${refused.status}  ${String(refused.body['code'])}: ${String(refused.body['detail'])}`);
}

interface Overview {
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccounts: readonly { readonly sipAccountId: string; readonly available: string }[];
}

interface History {
  readonly entries: readonly {
    readonly revision: number;
    readonly type: string;
    readonly sipAccountId?: string;
    readonly amount?: string;
    readonly recordedAt: string;
  }[];
}

const euro = (amount: string) => `€${amount.replace('.', ',')}`;

async function show(client: Client): Promise<void> {
  const overview = (await client.query(`/${MAIN}`)).body as unknown as Overview;
  say('\nSIP account(s)');
  say(`  Total available credit for your main account:   ${euro(overview.available)}`);
  say(`  Total available credit for your SIP account(s): ${euro(overview.sipAccountsAvailable)}\n`);
  say(`  ${'Account'.padEnd(14)}${'Amount'.padStart(10)}`);
  for (const { sipAccountId, available } of overview.sipAccounts)
    say(`  ${sipAccountId.padEnd(14)}${euro(available).padStart(10)}`);
  const history = (await client.query(`/${MAIN}/history`)).body as unknown as History;
  say('\nThe history behind it');
  for (const { revision, recordedAt, type, sipAccountId = '', amount = '' } of history.entries)
    say(
      `  ${String(revision).padStart(2)}  ${recordedAt}  ${type.padEnd(18)} ${sipAccountId.padEnd(12)} ${amount.padStart(10)}`,
    );
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    say(USAGE);
    return;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'credit-ledger-demo-'));
  const key = `demo-${randomBytes(12).toString('hex')}`;
  const service = startService(dataDir, key);
  const stop = () => service.kill('SIGTERM');
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const ended = once(service, 'exit');
  try {
    const url = await addressOf(service);
    say('A customer buys credit and spreads it over SIP accounts:\n');
    const client = new Client(url, key);
    await book(client);
    await retryAndRefuse(client);
    await show(client);
    say(`\nThe service listens on ${url}`);
    say(`  Dashboard ${url}${await client.signInLink()}  (signs you in, once)`);
    say(`  API page  ${url}/docs`);
    say(`  API key   ${key}`);
    say(`  Try       curl -H 'Authorization: Bearer ${key}' ${url}/v1/main-accounts/${MAIN}`);
    say('\nCtrl-C ends it; this demo keeps nothing.');
  } catch (error) {
    stop();
    throw error;
  } finally {
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
