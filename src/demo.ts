import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/*
 * Runs the real service on a throwaway embedded store through its main job: the example of a customer's screen.
 * It knows the service only from outside, by its public HTTP API, as a billing service does.
 */
const say = (line = '') => process.stdout.write(`${line}\n`);
const MAIN = 'customer-1112';
const [DESK, DOOR, HALL, HOME] = ['32470000001', '32470000002', '32470000003', '32470000004'] as const;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

class Client {
  private commands = 0;
  /** Position of the last command: queries are never answered from before it. */
  private position = '0';

  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  async command(path: string, body?: object, idempotencyKey = `demo-${++this.commands}`): Promise<Answer> {
    const answer = await this.send(path, {
      method: 'POST',
      headers: { 'Idempotency-Key': idempotencyKey, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    this.position = answer.headers.get('Ledger-Position') ?? this.position;
    return answer;
  }

  query(path: string): Promise<Answer> {
    return this.send(path, { headers: { 'Ledger-At-Least': this.position } });
  }

  /** A path that opens the dashboard once. */
  async signInLink(): Promise<string> {
    const response = await fetch(`${this.url}/v1/api-keys/bootstrap/sign-in-links`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}` },
    });
    return ((await response.json()) as { path: string }).path;
  }

  private async send(
    path: string,
    init: { method?: string; headers: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.key}` };
    const response = await fetch(`${this.url}/v1/main-accounts${path}`, { ...init, headers });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }
}

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

/** What of the ledger's own variables the demo takes over; none of them leads to a store, or lets anybody else in. */
const TAKEN_OVER = /^LEDGER_(HOST|PORT|LOG_LEVEL)$/;

type Service = ChildProcessByStdio<null, Readable, null>;

function start(dataDir: string, key: string): Service {
  const environment = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('LEDGER_') || TAKEN_OVER.test(name),
  );
  return spawn(process.execPath, [join(import.meta.dirname, 'main.js')], {
    env: {
      LEDGER_PORT: '0',
      LEDGER_LOG_LEVEL: 'warn',
      ...Object.fromEntries(environment),
      LEDGER_DATA_DIR: dataDir,
      LEDGER_BOOTSTRAP_KEY: key,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches this process alone, which then ends the service in its own time.
    detached: true,
  });
}

/** Waits until the service says where it listens. */
async function addressOf({ stdout }: Service): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /listening on (http\S+)/.exec(line)?.[1];
    if (url) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('the service did not start');
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'credit-ledger-demo-'));
  const key = `demo-${randomBytes(12).toString('hex')}`;
  const service = start(dataDir, key);
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
    process.exitCode = 1;
    say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
