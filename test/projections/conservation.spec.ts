import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import { readEntry } from '../../src/projections/log-entry.js';
import { openDatabase, type Connection } from '../../src/sqlite/database.js';
import { added, allocated, LogBuilder, opened, purchased, reclaimed } from '../audit/support/good-log.js';

describe('the equation of an account', () => {
  let db: Connection;
  beforeEach(() => {
    db = openDatabase(':memory:');
    db.exec(conservationProjection.ddl);
  });
  afterEach(() => db.close());

  const recorded = (...history: readonly LedgerEvent[]) => {
    const log = new LogBuilder();
    for (const event of history) log.add('alice', event);
    return log.events;
  };

  /** Applies events in a process of their own. @returns the event that broke the equation, and how */
  function breachAfter(events: ReturnType<typeof recorded>) {
    const writer = conservationProjection.open(db);
    for (const event of events) writer.apply?.(readEntry(event));
    writer.flush();
    return db.prepare('SELECT broken_revision AS revision, broken_by AS by FROM conservation').get();
  }

  it('holds while credit is moved to and fro', () => {
    const moved = [added('s'), allocated('s', '2.0000'), reclaimed('s', '2.0000')];
    expect(breachAfter(recorded(opened, purchased('2.0000'), ...moved))).toEqual({
      revision: null,
      by: null,
    });
  });

  it('is broken by what takes the SIP accounts below zero', () => {
    const events = recorded(opened, purchased('1.0000'), added('s'), reclaimed('s', '0.5000'));
    expect(breachAfter(events)).toEqual({ revision: 3, by: 'the SIP accounts have -0.5000, below zero' });
  });

  it('is broken by an event that is missing', () => {
    const events = recorded(opened, purchased('1.0000'), purchased('2.0000'), purchased('3.0000'));
    expect(breachAfter(events.toSpliced(1, 1))).toEqual({
      revision: 2,
      by: 'an event ahead of it is missing',
    });
  });

  it('is broken by a sum that somebody has changed since', () => {
    const events = recorded(opened, purchased('1.0000'), purchased('2.0000'));
    breachAfter(events.slice(0, 2));
    db.exec(`UPDATE conservation SET main = '5000'`);
    expect(breachAfter(events.slice(2))).toEqual({
      revision: 2,
      by: '3.0000 was purchased, but 2.5000 remains',
    });
  });

  it('stays broken at the first event that broke it, also in a later process', () => {
    const events = recorded(
      opened,
      purchased('1.0000'),
      added('s'),
      allocated('s', '3.0000'),
      allocated('s', '1.0000'),
      reclaimed('s', '4.0000'),
    );
    const first = { revision: 3, by: 'the main account has -2.0000, below zero' };
    expect(breachAfter(events.slice(0, 5))).toEqual(first);
    expect(breachAfter(events.slice(5))).toEqual(first);
  });
});
