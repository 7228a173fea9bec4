import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SipAccountNotFound } from '../../src/ledger/domain/errors.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { readEntry } from '../../src/projections/log-entry.js';
import { openDatabase, type Connection } from '../../src/sqlite/database.js';
import { added, allocated, LogBuilder, opened, purchased } from '../audit/support/good-log.js';

describe('the accounts projection takes no event that cannot be, such as', () => {
  let db: Connection;
  let log: LogBuilder;
  beforeEach(() => {
    db = openDatabase(':memory:');
    db.exec(accountsProjection.ddl);
    log = new LogBuilder();
    book('acme', opened, purchased('10.0000'), added('desk'), allocated('desk', '4.0000'));
    book('other', opened, purchased('10.0000'));
  });
  afterEach(() => db.close());

  const book = (account: string, ...events: readonly LedgerEvent[]): void => {
    for (const event of events) log.add(account, event);
  };
  const project = (events = log.events): void => {
    const writer = accountsProjection.open(db);
    for (const event of events) writer.apply?.(readEntry(event));
    writer.flush();
  };

  it('credit that is moved to a SIP account which was never added, though another account has one of its name', () => {
    book('acme', allocated('desk', '1.0000'));
    book('other', allocated('desk', '1.0000'));
    expect(() => project()).toThrow(SipAccountNotFound);
  });

  it('a SIP account that is added a second time', () => {
    book('acme', added('desk'));
    expect(() => project()).toThrow('desk is added a second time');
  });

  it('one after an event that is missing, or one that comes again', () => {
    expect(() => project(log.events.toSpliced(1, 1))).toThrow('revision 2 comes after revision 0');
    expect(() => project(log.events.toSpliced(2, 0, log.events[1]!))).toThrow(
      'revision 1 comes after revision 1',
    );
  });
});
