import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { AccountsAudit } from '../../src/audit/accounts-audit.js';
import { audit, finishAccounts, reportOf, type AuditReport } from '../../src/audit/audit.js';
import { Findings } from '../../src/audit/findings.js';
import { LogAudit } from '../../src/audit/log-audit.js';
import { StretchAudit } from '../../src/audit/stretch-audit.js';
import { StretchBooking } from '../../src/audit/stretch-booking.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import { added, allocated, goodLog, LogBuilder, opened, purchased } from './support/good-log.js';

type Change = (event: RecordedEvent) => Partial<RecordedEvent>;

const inMetadata =
  (from: RegExp, to: string): Change =>
  ({ metadata }) => ({ metadata: metadata.replace(from, to) });

/** What may have been done to an event. */
const CHANGES: Readonly<Record<string, Change>> = {
  amount: ({ data }) => ({ data: data.replace(/(\d)"/, (_, digit) => `${(Number(digit) + 1) % 10}"`) }),
  'no amount': ({ data }) => ({ data: data.replace(/"amount":"/, '"amount":"-') }),
  'SIP account': ({ data }) => ({ data: data.replace(/sip-\d/, 'sip-3') }),
  'no JSON': () => ({ data: '{' }),
  type: () => ({ type: 'CreditReclaimed' }),
  'unknown type': () => ({ type: 'Strange' }),
  deleted: () => ({ type: '$streamDeleted' }),
  id: ({ id }) => ({ id: id.replace(/^./, (first) => (first === '0' ? '1' : '0')) }),
  hash: inMetadata(/"hash":"./, '"hash":"x'),
  link: inMetadata(/"previousHash":"../, '"previousHash":"00'),
  back: inMetadata(/"recordedAt":"2026/, '"recordedAt":"2025'),
  forward: inMetadata(/"recordedAt":"2026/, '"recordedAt":"2027'),
  'no time': inMetadata(/"recordedAt":"2026/, '"recordedAt":"year'),
  key: inMetadata(/"idempotencyKey":"[^"]*/, '"idempotencyKey":"again'),
  'no key': inMetadata(/"idempotencyKey":"/, '"idempotencyKey":" '),
  fingerprint: inMetadata(/"fingerprint":"./, '"fingerprint":"F'),
  revision: ({ revision }) => ({ revision: revision + 3 }),
  account: () => ({ stream: 'mainAccount-carol' }),
  'no account': () => ({ stream: 'mainAccount-no account' }),
  'not the ledger': () => ({ stream: 'other' }),
};

const change = record({ at: integer({ min: 0, max: 15 }), what: constantFrom(...Object.keys(CHANGES)) });

async function* paged(events: readonly RecordedEvent[]) {
  for (let at = 0; at < events.length; at += 3) yield events.slice(at, at + 3);
}

/** Audits the log as threads do, one stretch after the other, each being some events long. */
async function inStretches(
  log: readonly RecordedEvent[],
  lengths: readonly number[],
  threads: number,
  mostNumbers = 100,
) {
  const findings = new Findings();
  const [tree, accounts] = [new LogAudit(findings, []), new AccountsAudit(findings, 0)];
  const parts = Array.from(
    { length: threads },
    () => [new StretchAudit(0, mostNumbers), new StretchBooking(accounts)] as const,
  );
  for (let nth = 0, at = 0; at < log.length; nth++) {
    const [looking, booking] = parts[nth % threads]!;
    const events = log.slice(at, at + lengths[nth % lengths.length]!);
    const after = BigInt(at);
    at += events.length;
    const seen = await looking.look({ after, end: BigInt(at) }, paged(events));
    tree.append(Buffer.from(seen.hashes));
    tree.seen += seen.events;
    await booking.book(structuredClone(seen), () => paged(events));
  }
  await finishAccounts(accounts, () => paged(log), findings);
  accounts.keys.close();
  return reportOf(tree, accounts.accounts, findings);
}

const told = ({ findings, accounts, ...report }: AuditReport) => ({
  ...report,
  findings: findings.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  accounts: [...accounts].toSorted(([a], [b]) => (a < b ? -1 : 1)),
});

describe('a log that is audited in stretches', () => {
  it('has the findings, balances and tree that it has as one, whatever was done to it', async () => {
    await assert(
      asyncProperty(
        array(change, { maxLength: 6 }),
        array(integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        integer({ min: 1, max: 3 }),
        integer({ min: 1, max: 9 }),
        async (changes, lengths, threads, mostNumbers) => {
          const log = goodLog();
          for (const { at, what } of changes) log[at] = { ...log[at]!, ...CHANGES[what]!(log[at]!) };
          const alone = await audit(() => paged(log));
          expect(told(await inStretches(log, lengths, threads, mostNumbers))).toEqual(told(alone));
        },
      ),
      { numRuns: 1_000 },
    );
  }, 60_000);

  it.each(Object.keys(CHANGES))('of which one event was changed has a finding: %s', async (what) => {
    const log = goodLog();
    log[8] = { ...log[8]!, ...CHANGES[what]!(log[8]!) };
    expect((await inStretches(log, [1], 2)).findings).not.toEqual([]);
  });

  it('is told of its stretches in full, however many events they have', async () => {
    const log = new LogBuilder();
    for (const event of [opened, purchased('900.0000'), added('sip-1')]) log.add('alice', event, 'again');
    for (const event of [opened, added('sip-1')]) log.add('bob', event);
    for (let i = 0; i < 2_500; i++) log.add(i % 3 ? 'alice' : 'bob', allocated('sip-1', `0.${1000 + i}`));
    log.add('alice', purchased('1.0000'), 'again');
    const alone = await audit(() => paged(log.events));
    expect(alone.findings.map(({ check }) => check)).toEqual(['balance', 'key']);
    expect(told(await inStretches(log.events, [2_506], 1))).toEqual(told(alone));
    expect(told(await inStretches(log.events, [2_000], 2))).toEqual(told(alone));
  });

  it('tells the first of what is wrong with revisions, also where a stream was deleted behind it', async () => {
    const log = goodLog();
    log[4] = { ...log[4]!, revision: 9 };
    log[8] = { ...log[8]!, type: '$streamDeleted' };
    const alone = await audit(() => paged(log));
    expect(told(await inStretches(log, [16], 1))).toEqual(told(alone));
  });
});
