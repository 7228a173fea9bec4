import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { Service, temporaryDirectory } from '../support/service.js';

const CLIENTS = 8;
/** Answers that a service must have given before it is killed, so that there is something to lose. */
const ANSWERS = 2 * CLIENTS;
/** Before that, it may have to read a log full of others' events on a busy machine. */
const ANSWERS_WITHIN_MS = 30_000;
/** New names at every run: a server may keep what the runs before it left. */
const ACCOUNTS = Array.from({ length: 3 }, () => randomUUID());
const SIPS = ['s1', 's2'];

interface Sent {
  readonly main: string;
  readonly sip: string;
  readonly key: string;
  /** In ten-thousandths. */
  readonly units: number;
  /** The receipt's text; undefined while nobody knows. */
  receipt?: string;
}

const amount = (units: number) => (units / 10_000).toFixed(4);
const units = (text: string) => BigInt(text.replace('.', ''));

const send = (service: Service, { main, sip, key, units: sum }: Sent) =>
  service.command(`/${main}/sip-accounts/${sip}/add-credit`, { amount: amount(sum) }, key);

/** One client: sends commands one after another until the service is gone. */
async function load(service: Service, client: string, sent: Sent[]): Promise<void> {
  for (let number = 0; ; number += 1) {
    const command: Sent = {
      main: ACCOUNTS[number % ACCOUNTS.length] ?? '',
      sip: SIPS[number % SIPS.length] ?? '',
      key: `${client}-${number}`,
      units: 1 + (number % 9000),
    };
    sent.push(command);
    const answer = await send(service, command)
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => undefined);
    if (!answer) return;
    expect(answer).toMatchObject({ status: 201 });
    command.receipt = answer.text;
  }
}

async function prepare(service: Service): Promise<void> {
  for (const main of ACCOUNTS) {
    await service.command('', { mainAccountId: main, currency: 'EUR' }, 'open');
    await service.command(`/${main}/purchases`, { amount: '1000000', reference: 'test' }, 'buy');
    for (const sip of SIPS)
      await service.command(`/${main}/sip-accounts`, { sipAccountId: sip }, `sip-${sip}`);
  }
}

/** Keeps a service under load, and kills it at some moment of it. */
async function loadAndKill(service: Service, name: string, sent: Sent[]): Promise<void> {
  const mine = Array.from({ length: CLIENTS }, (): Sent[] => []);
  const clients = Promise.all(mine.map((sentByIt, client) => load(service, `${name}-${client}`, sentByIt)));
  const answers = () => mine.flat().filter(({ receipt }) => receipt !== undefined).length;
  const answered = async () => {
    const end = performance.now() + ANSWERS_WITHIN_MS;
    while (answers() < ANSWERS && performance.now() < end) await delay(5);
    await delay(Math.random() * 250);
  };
  // A client that ends now has met what it must not.
  await Promise.race([answered(), clients]);
  expect(service.process.exitCode).toBeNull();
  expect(answers()).toBeGreaterThanOrEqual(ANSWERS);
  await service.kill();
  await clients;
  sent.push(...mine.flat());
}

/**
 * What a kill of the built service must leave behind: all that was acknowledged, nothing half done.
 * @param env the store, if not the embedded one
 */
export function survivesKills(kills: number, env: Readonly<Record<string, string>> = {}): void {
  const dataDir = temporaryDirectory();
  afterAll(async () => {
    await Service.killAll();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it(`keeps every acknowledged command exactly once through ${kills} kills under load`, async () => {
    const sent: Sent[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      const service = await Service.start(dataDir, env);
      if (kill === 0) await prepare(service);
      await loadAndKill(service, String(kill), sent);
    }

    const service = await Service.start(dataDir, env);
    await service.ready();

    // What was acknowledged is answered with the same receipt; what was not is resolved by sending it again.
    const sendAgain = async (command: Sent) => {
      const response = await send(service, command);
      const text = await response.text();
      expect(response.status).toBe(201);
      if (command.receipt === undefined) return;
      expect([text, response.headers.get('Idempotent-Replayed')]).toEqual([command.receipt, 'true']);
    };
    for (let from = 0; from < sent.length; from += 64)
      await Promise.all(sent.slice(from, from + 64).map(sendAgain));
    const last = await service.command(
      `/${ACCOUNTS[0]}/purchases`,
      { amount: '1', reference: 'last' },
      'last',
    );
    const position = last.headers.get('Ledger-Position') ?? '';

    for (const main of ACCOUNTS) {
      const entries = await history(service, main, position);
      const allocations = entries.filter(({ type }) => type === 'CreditAllocated');
      const mine = sent.filter((command) => command.main === main);
      expect(allocations.map(({ idempotencyKey }) => idempotencyKey).toSorted()).toEqual(
        mine.map(({ key }) => key).toSorted(),
      );
      const overview = await service.query<Overview>(`/${main}`, position);
      for (const { sipAccountId, available } of overview.sipAccounts)
        expect(units(available)).toBe(
          mine
            .filter(({ sip }) => sip === sipAccountId)
            .reduce((sum, command) => sum + BigInt(command.units), 0n),
        );
      const purchased = main === ACCOUNTS[0] ? 1_000_001n : 1_000_000n;
      expect(units(overview.available) + units(overview.sipAccountsAvailable)).toBe(purchased * 10_000n);
    }
    expect(await service.stop()).toBe(0);
  }, 180_000);
}

interface Overview {
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccounts: readonly { readonly sipAccountId: string; readonly available: string }[];
}

interface Entry {
  readonly type: string;
  readonly idempotencyKey: string;
}

async function history(service: Service, main: string, position: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let after = '';
  do {
    const page = await service.query<{ entries: Entry[]; next?: string | null }>(
      `/${main}/history?limit=1000${after && `&after=${encodeURIComponent(after)}`}`,
      position,
    );
    entries.push(...page.entries);
    after = page.next ?? '';
  } while (after);
  return entries;
}
