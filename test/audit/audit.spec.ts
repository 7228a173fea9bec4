import { describe, expect, it } from '@jest/globals';
import { amountOf } from '../../src/audit/balances.js';
import { canonicalTexts, eventHash, idOfDigest, keyDigest } from '../../src/audit/event-hash.js';
import { eventLeaf, rootOver } from '../../src/audit/merkle.js';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import type { Amount } from '../../src/ledger/domain/amount.js';
import { auditOf, findingsOf } from './support/audited.js';
import { goodLog, LogBuilder, opened, purchased } from './support/good-log.js';

const at = (events: RecordedEvent[], stream: string, revision: number): number =>
  events.findIndex((event) => event.stream === `mainAccount-${stream}` && event.revision === revision);

/** The good log with one event changed. */
function changed(
  revision: number,
  change: (event: RecordedEvent) => Partial<RecordedEvent>,
): RecordedEvent[] {
  const events = goodLog();
  const place = at(events, 'alice', revision);
  const event = events[place] as RecordedEvent;
  events[place] = { ...event, ...change(event) };
  return events;
}

/** The event with an id and a hash that fit what it says. */
function rehashed(event: RecordedEvent, link?: string): RecordedEvent {
  const metadata = JSON.parse(event.metadata) as Record<string, unknown>;
  if (link) metadata['previousHash'] = link;
  const texts = canonicalTexts(JSON.parse(event.data) as Record<string, unknown>, metadata);
  const digest = keyDigest(event.stream.slice('mainAccount-'.length), String(metadata['idempotencyKey']));
  const linked = { ...event, id: idOfDigest(digest, texts) };
  metadata['hash'] = eventHash(linked, texts);
  return { ...linked, metadata: JSON.stringify(metadata) };
}

const hashOf = (event: RecordedEvent): string => (JSON.parse(event.metadata) as { hash: string }).hash;

describe('the audit of a good log', () => {
  it('finds nothing and counts the balances to the fourth decimal', async () => {
    const report = await auditOf(goodLog());
    expect(report.findings).toEqual([]);
    expect(report.events).toBe(16);
    const balances = report.accounts.get('mainAccount-alice')?.balances;
    expect(amountOf(balances?.purchased ?? 0n)).toBe('100.0000');
    expect(amountOf(balances?.main ?? 0n)).toBe('0.0000');
    expect(amountOf(balances?.sip.get('sip-1')?.available ?? 0n)).toBe('99.9999');
    expect(amountOf(balances?.sip.get('sip-2')?.available ?? 0n)).toBe('0.0001');
  });

  it('passes over streams that are none of the ledger', async () => {
    const [first] = goodLog();
    const other = { ...(first as RecordedEvent), stream: 'profile-alice', data: 'no JSON', position: 1000n };
    const report = await auditOf([...goodLog(), other]);
    expect(report.findings).toEqual([]);
    expect(report.otherEvents).toBe(1);
  });

  it('reads texts of any alphabet, and members that it does not know', async () => {
    const log = new LogBuilder();
    log.add('alice', opened);
    const reference = 'Überweisung "7" \\ 一\n\u2028';
    log.add('alice', { type: 'CreditPurchased', data: { amount: '1.0000' as Amount, reference } });
    log.add('alice', {
      type: 'SipAccountAdded',
      data: { sipAccountId: 's', zone: { b: 1, a: [2] } },
    } as never);
    const last = log.events.at(-1) as RecordedEvent;
    const metadata = JSON.stringify({ ...(JSON.parse(last.metadata) as object), actor: 'jwt:Zoë', $a: 1 });
    const events = log.events.with(2, rehashed({ ...last, metadata }));
    expect(await findingsOf(events)).toEqual([]);
  });

  it('finds nothing in an empty log', async () => {
    expect((await auditOf([])).findings).toEqual([]);
  });
});

describe('the audit names the first event that was', () => {
  it('changed in its amount', async () => {
    const events = changed(4, ({ data }) => ({ data: data.replace('12.2109', '12.2108') }));
    expect(await findingsOf(events)).toEqual([
      'hash mainAccount-alice 4',
      'rule mainAccount-alice 6',
      'balance mainAccount-alice 6',
    ]);
  });

  it('changed in its time', async () => {
    const events = changed(4, ({ metadata }) => ({ metadata: metadata.replace('2026-03', '2025-03') }));
    expect(await findingsOf(events)).toEqual([
      'hash mainAccount-alice 4',
      'id mainAccount-alice 4',
      'time mainAccount-alice 4',
    ]);
  });

  it('changed in its key', async () => {
    const events = changed(4, ({ metadata }) => ({ metadata: metadata.replace('"key-', '"kez-') }));
    expect(await findingsOf(events)).toEqual(['hash mainAccount-alice 4', 'id mainAccount-alice 4']);
  });

  it('changed in its id, type, stream or revision', async () => {
    expect(await findingsOf(changed(4, ({ id }) => ({ id: `${id.slice(0, -1)}x` })))).toEqual([
      'hash mainAccount-alice 4',
      'id mainAccount-alice 4',
    ]);
    expect(await findingsOf(changed(4, () => ({ type: 'CreditReclaimed' })))).toContain(
      'hash mainAccount-alice 4',
    );
    expect(await findingsOf(changed(4, () => ({ stream: 'mainAccount-bob' })))).toContain(
      'revision mainAccount-alice 5',
    );
    expect(await findingsOf(changed(4, () => ({ revision: 9 })))).toContain('revision mainAccount-alice 9');
  });

  it('changed in its hash', async () => {
    for (const hash of ['a'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)]) {
      const events = changed(4, (event) => ({ metadata: event.metadata.replace(hashOf(event), hash) }));
      expect(await findingsOf(events)).toEqual(['hash mainAccount-alice 4', 'link mainAccount-alice 5']);
    }
  });

  it('made unreadable', async () => {
    const unreadable = { data: ['{', '[]', '{"amount": "1.0000"}', '{"amount":1}', '{"amount":"1.00"}'] };
    for (const text of ['\u0001', '\t', '"']) {
      const data = `{"amount":"1.0000","reference":"${text}"}`;
      expect(await findingsOf(changed(1, () => ({ data })))).toContain('form mainAccount-alice 1');
      const metadata = (event: RecordedEvent) => event.metadata.replace('key:test', text);
      const change = (event: RecordedEvent) => ({ metadata: metadata(event) });
      expect(await findingsOf(changed(1, change))).toContain('form mainAccount-alice 1');
    }
    for (const data of unreadable.data)
      expect(await findingsOf(changed(4, () => ({ data })))).toContain('form mainAccount-alice 4');
    expect(await findingsOf(changed(4, () => ({ type: 'CreditAllotted' })))).toContain(
      'form mainAccount-alice 4',
    );
    expect(await findingsOf(changed(4, () => ({ metadata: '{}' })))).toContain('form mainAccount-alice 4');
  });

  it('made unreadable by a character more or less, whatever its type', async () => {
    const changes = [
      (data: string) => ` ${data}`,
      (data: string) => `${data} `,
      (data: string) => data.replace(':"', ':'),
    ];
    for (const revision of [0, 1, 2, 4, 6])
      for (const change of changes)
        expect(await findingsOf(changed(revision, ({ data }) => ({ data: change(data) })))).toContain(
          `form mainAccount-alice ${revision}`,
        );
  });

  it('made unreadable, and no event behind it that links to it', async () => {
    expect(await findingsOf(changed(5, () => ({ data: '{' })))).toEqual(['form mainAccount-alice 5']);
  });

  it('given a second reading by a repeated member', async () => {
    const events = changed(4, ({ data }) => ({ data: data.replace('{', '{"amount":"1.0000",') }));
    expect(await findingsOf(events)).toContain('form mainAccount-alice 4');
  });

  it('given a fingerprint or a key that is none', async () => {
    const withMetadata = (member: object) => (event: RecordedEvent) =>
      rehashed({
        ...event,
        metadata: JSON.stringify({ ...(JSON.parse(event.metadata) as object), ...member }),
      });
    for (const fingerprint of [
      'f'.repeat(63),
      'f'.repeat(65),
      ...['A', 'F', 'G', 'Z', 'g', 'z', '_', '-'].map((c) => c.repeat(64)),
    ])
      expect(await findingsOf(changed(7, withMetadata({ fingerprint })))).toEqual([
        'fingerprint mainAccount-alice 7',
      ]);
    for (const idempotencyKey of ['', 'two words', 'é', 'k'.repeat(256)])
      expect(await findingsOf(changed(7, withMetadata({ idempotencyKey })))).toEqual([
        'key mainAccount-alice 7',
      ]);
  });

  it('given a time on no day, or metadata of another schema', async () => {
    const onNoDay = changed(7, (event) =>
      rehashed({ ...event, metadata: event.metadata.replace('2026-03-01', '2026-04-31') }),
    );
    expect(await findingsOf(onNoDay)).toEqual(['time mainAccount-alice 7']);
    const later = changed(7, (event) =>
      rehashed({ ...event, metadata: event.metadata.replace('"schema":1', '"schema":2') }),
    );
    expect(await findingsOf(later)).toEqual(['form mainAccount-alice 7']);
  });

  it('removed', async () => {
    const events = goodLog();
    events.splice(at(events, 'alice', 5), 1);
    expect(await findingsOf(events)).toEqual(['revision mainAccount-alice 6', 'link mainAccount-alice 6']);
  });

  it('duplicated', async () => {
    const events = goodLog();
    const place = at(events, 'alice', 1);
    events.splice(place + 1, 0, events[place] as RecordedEvent);
    const found = await findingsOf(events);
    expect(found).toEqual(
      expect.arrayContaining([
        'order mainAccount-alice 1',
        'revision mainAccount-alice 1',
        'key mainAccount-alice 1',
      ]),
    );
  });

  it('put in, with an id and a hash that fit it', async () => {
    const events = goodLog();
    const place = at(events, 'alice', 5);
    const before = events[place - 2] as RecordedEvent;
    const metadata = before.metadata.replace('"key-', '"kex-');
    const added = rehashed({ ...before, revision: 5, data: before.data, metadata }, hashOf(before));
    events.splice(place, 0, added);
    expect(await findingsOf(events)).toEqual(
      expect.arrayContaining(['revision mainAccount-alice 5', 'link mainAccount-alice 5']),
    );
  });

  it('swapped with its neighbour', async () => {
    const events = goodLog();
    const [first, second] = [at(events, 'alice', 4), at(events, 'alice', 5)];
    [events[first], events[second]] = [events[second] as RecordedEvent, events[first] as RecordedEvent];
    expect(await findingsOf(events)).toEqual(
      expect.arrayContaining([
        'order mainAccount-alice 4',
        'revision mainAccount-alice 5',
        'link mainAccount-alice 5',
      ]),
    );
  });

  it('changed and given a hash that fits', async () => {
    const events = changed(4, (event) =>
      rehashed({ ...event, data: event.data.replace('12.2109', '12.2108') }),
    );
    expect(await findingsOf(events)).toEqual([
      'link mainAccount-alice 5',
      'rule mainAccount-alice 6',
      'balance mainAccount-alice 6',
    ]);
  });
});

describe('the audit', () => {
  it('names a key that was used twice', async () => {
    const builder = new LogBuilder();
    builder.add('alice', opened, 'a');
    builder.add('alice', purchased('1.0000'), 'b');
    builder.add('bob', opened, 'b');
    builder.add('alice', purchased('1.0000'), 'b');
    const { findings } = await auditOf(builder.events);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ check: 'key', stream: 'mainAccount-alice', revision: 2 });
    expect(findings[0]?.message).toBe('its idempotency key b was used at revision 1 already');
    // An event that cannot be read is named as such, and hides none of this.
    const events = [{ ...builder.events[0]!, stream: 'mainAccount-carol', data: '{' }, ...builder.events];
    expect(await findingsOf(events)).toEqual(
      expect.arrayContaining(['form mainAccount-carol 0', 'key mainAccount-alice 2']),
    );
  });

  it('takes a clock that went back no further than it is told to', async () => {
    const events = goodLog();
    const place = at(events, 'alice', 7);
    const event = events[place] as RecordedEvent;
    const { recordedAt } = JSON.parse(event.metadata) as { recordedAt: string };
    const before = new Date(Date.parse(recordedAt) - 1_000).toISOString();
    events[place] = rehashed({ ...event, metadata: event.metadata.replace(recordedAt, before) });
    // The events of one account are two milliseconds apart.
    for (const clockTolerance of [0, 997])
      expect(await findingsOf(events, { clockTolerance })).toEqual(['time mainAccount-alice 7']);
    expect(await findingsOf(events, { clockTolerance: 998 })).toEqual([]);
  });
});

describe('a checkpoint', () => {
  const treeOf = (events: readonly RecordedEvent[]) => ({
    size: events.length,
    root: rootOver(events.map((event) => eventLeaf(hashOf(event)))),
  });

  /** The log after a change, the revisions and hashes of alice's events made anew: a chain that is whole. */
  function rewritten(change: (events: RecordedEvent[]) => readonly RecordedEvent[]): RecordedEvent[] {
    let [revision, link]: [number, string | undefined] = [0, undefined];
    return change(goodLog()).map((event, place) => {
      const moved = { ...event, position: BigInt(place + 1) };
      if (event.stream !== 'mainAccount-alice') return moved;
      const made = rehashed({ ...moved, revision: revision++ }, link);
      link = hashOf(made);
      return made;
    });
  }

  it('agrees with the log that it was made of, also after the log has grown', async () => {
    const checkpoints = [treeOf(goodLog().slice(0, 7)), treeOf(goodLog())];
    expect(await findingsOf(goodLog(), { checkpoints })).toEqual([]);
  });

  it('of no events is that of every log, and of no other root', async () => {
    const empty = treeOf([]);
    expect(await findingsOf(goodLog(), { checkpoints: [empty] })).toEqual([]);
    const wrong = { ...empty, root: treeOf(goodLog()).root };
    expect(await findingsOf(goodLog(), { checkpoints: [wrong] })).toEqual(['checkpoint']);
  });

  it('finds a tail that was cut off', async () => {
    const cut = goodLog().slice(0, -1);
    expect(await findingsOf(cut)).toEqual([]);
    expect(await findingsOf(cut, { checkpoints: [treeOf(goodLog())] })).toEqual(['checkpoint']);
  });

  it.each([
    ['left out', (events: RecordedEvent[]) => events.toSpliced(at(events, 'alice', 5), 1)],
    [
      'put in',
      (events: RecordedEvent[]) => {
        const place = at(events, 'alice', 1);
        const purchase = events[place] as RecordedEvent;
        const again = { ...purchase, metadata: purchase.metadata.replace('"key-', '"kex-') };
        return events.toSpliced(place + 1, 0, again);
      },
    ],
    ['changed', () => changed(1, ({ data }) => ({ data: data.replace('invoice 1', 'invoice 2') }))],
  ])('finds a history with an event %s, of which all hashes were made anew', async (_, change) => {
    expect(rewritten((events) => events)).toEqual(goodLog());
    expect(await findingsOf(rewritten(change))).toEqual([]);
    for (const events of [goodLog(), goodLog().slice(0, 12)])
      expect(await findingsOf(rewritten(change), { checkpoints: [treeOf(events)] })).toEqual(['checkpoint']);
  });
});
