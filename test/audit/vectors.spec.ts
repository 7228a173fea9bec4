import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { canonicalTexts, eventHash, idOfDigest, keyDigest } from '../../src/audit/event-hash.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import type { Amount } from '../../src/ledger/domain/amount.js';
import { emptyHead, seal, sha256 } from '../../src/ledger/seal.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { canonicalJsonByLibrary as canonicalJson } from '../support/canonicalize.js';

type Texts = Readonly<Record<string, unknown>>;

const FILE = new URL('../../docs/reference/vectors.json', import.meta.url);
const MAIN_ACCOUNT = 'customer-42';

/** One command of each kind, with texts that canonical JSON has to get right. */
const COMMANDS: readonly { key: string; command: object; event: LedgerEvent; at: string }[] = [
  {
    key: 'open-1',
    command: { type: 'OpenMainAccount', mainAccountId: MAIN_ACCOUNT, currency: 'EUR' },
    event: { type: 'MainAccountOpened', data: { currency: 'EUR' } },
    at: '2026-01-05T08:00:00.000Z',
  },
  {
    key: 'invoice:2026/000017 "first"',
    command: {
      type: 'PurchaseCredit',
      mainAccountId: MAIN_ACCOUNT,
      amount: '25.0000',
      reference: 'Rechnung № 17 “März” \\ \t€ 😀',
    },
    event: {
      type: 'CreditPurchased',
      data: { amount: '25.0000' as Amount, reference: 'Rechnung № 17 “März” \\ \t€ 😀' },
    },
    at: '2026-01-05T08:00:00.001Z',
  },
  {
    key: '~',
    command: { type: 'AddSipAccount', mainAccountId: MAIN_ACCOUNT, sipAccountId: '31201234567' },
    event: { type: 'SipAccountAdded', data: { sipAccountId: '31201234567' } },
    at: '2026-01-05T08:00:00.001Z',
  },
  {
    key: 'a5c1b1de-7d5f-4f4e-8a27-2f8a5b0b6c11',
    command: {
      type: 'AddCredit',
      mainAccountId: MAIN_ACCOUNT,
      sipAccountId: '31201234567',
      amount: '12.2109',
    },
    event: { type: 'CreditAllocated', data: { sipAccountId: '31201234567', amount: '12.2109' as Amount } },
    // The clock went back: the event keeps the time of the one ahead of it.
    at: '2026-01-05T07:59:59.000Z',
  },
  {
    key: 'reclaim-1',
    command: { type: 'RemoveAllCredit', mainAccountId: MAIN_ACCOUNT, sipAccountId: '31201234567' },
    event: { type: 'CreditReclaimed', data: { sipAccountId: '31201234567', amount: '12.2109' as Amount } },
    at: '2026-12-31T23:59:59.999Z',
  },
];

function vectors(): object {
  const stream = mainAccountStream(MAIN_ACCOUNT);
  let head = emptyHead(stream);
  const events = COMMANDS.map(({ key, command, event, at }) => {
    const fingerprint = sha256(canonicalJson(command));
    const provenance = {
      idempotencyKey: key,
      fingerprint,
      actor: 'key:billing-1',
      $correlationId: 'c0ffee00-0000-4000-8000-000000000001',
      $causationId: 'c0ffee00-0000-4000-8000-000000000002',
    };
    const sealed = seal(MAIN_ACCOUNT, head, event, provenance, new Date(at));
    head = sealed.head;
    const { id, type } = sealed.event;
    const data: unknown = JSON.parse(sealed.event.data);
    const metadata = JSON.parse(sealed.event.metadata) as Record<string, unknown>;
    const { hash, ...unhashed } = metadata;
    const hashed = canonicalJson({ stream, revision: head.revision, id, type, data, metadata: unhashed });
    return {
      command: { text: canonicalJson(command), fingerprint },
      stored: { stream, revision: head.revision, id, type, data, metadata },
      hashed: { text: hashed, hash },
    };
  });
  return { stream: { name: stream, emptyHash: sha256(stream) }, events };
}

describe('the published test vectors', () => {
  it('are what the ledger writes', () => {
    const made = vectors();
    if (process.env['UPDATE_VECTORS']) writeFileSync(FILE, `${JSON.stringify(made, undefined, 2)}\n`);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(made);
  });

  it('are what the auditor makes of them, in whatever order the members are stored', () => {
    const { events } = JSON.parse(readFileSync(FILE, 'utf8')) as {
      events: {
        stored: { stream: string; revision: number; id: string; type: string; data: Texts; metadata: Texts };
      }[];
    };
    const backwards = (members: object) => Object.fromEntries(Object.entries(members).toReversed());
    for (const { stored } of events)
      for (const { data, metadata } of [
        stored,
        { data: backwards(stored.data), metadata: backwards(stored.metadata) },
      ]) {
        const texts = canonicalTexts(data, metadata);
        const { idempotencyKey, hash } = stored.metadata;
        expect(eventHash(stored, texts)).toBe(hash);
        expect(idOfDigest(keyDigest(MAIN_ACCOUNT, String(idempotencyKey)), texts)).toBe(stored.id);
      }
  });

  it('hash the canonical text that they show', () => {
    const { events } = JSON.parse(readFileSync(FILE, 'utf8')) as {
      events: { hashed: { text: string; hash: string }; stored: { metadata: { hash: string } } }[];
    };
    for (const { hashed, stored } of events) {
      expect(sha256(hashed.text)).toBe(hashed.hash);
      expect(stored.metadata.hash).toBe(hashed.hash);
    }
  });
});

describe('the hash that the auditor makes of an event', () => {
  it('is that of its canonical JSON, whatever its id, its type and the name of its stream hold', () => {
    const plain = { stream: 'mainAccount-a', revision: 7, id: 'i', type: 'T' };
    for (const text of ['"', 'a"b', '\\', '\n', '\u001f', '\u2028', 'é', '😀', ''])
      for (const name of ['stream', 'id', 'type']) {
        const event = { ...plain, [name]: text };
        const made = eventHash(event, canonicalTexts({ x: text }, { y: text, hash: 'none' }));
        expect(made).toBe(sha256(canonicalJson({ ...event, data: { x: text }, metadata: { y: text } })));
      }
  });
});
