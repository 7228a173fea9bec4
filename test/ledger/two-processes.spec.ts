import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { codeOf, Ledger, receiptIn } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

describe('two processes on one store', () => {
  let inner: EventStore;
  let here: Ledger;
  let there: Ledger;

  beforeEach(async () => {
    inner = await openTestStore();
    here = new Ledger(new FaultyStore(inner, false));
    there = new Ledger(new FaultyStore(inner, false));
    await here.funded('acme', '1000', '100', '200');
    await there.add('acme', '100', '1');
  });
  afterEach(() => inner.close());

  it('book every command of both once', async () => {
    const commands = Array.from({ length: 60 }, (_, index) =>
      (index % 2 ? here : there).add('acme', index % 3 ? '100' : '200', '1'),
    );
    await Promise.all(commands);
    const events = await here.events('acme');
    expect(events).toHaveLength(5 + 60);
    expect(receiptIn(await here.add('acme', '100', '1')).mainAccount.available).toBe('938.0000');
  });

  it('answer a key that the other one booked', async () => {
    const first = await here.add('acme', '100', '999', 'k');
    expect(await there.add('acme', '100', '999', 'k')).toEqual({ ...first, replayed: true });
  });

  it('answer a key with its receipt although a stale state would refuse it', async () => {
    await here.purchase('acme', '500');
    const first = await here.add('acme', '100', '1400', 'k');
    expect(await there.add('acme', '100', '1400', 'k')).toEqual({ ...first, replayed: true });
  });

  it('do not refuse for want of credit that the other one bought', async () => {
    await here.purchase('acme', '500');
    expect(await codeOf(there.add('acme', '100', '1400'))).toBe('booked');
  });

  it('do not refuse on what was read for an earlier command, when the other one has bought credit since', async () => {
    let read = () => {};
    let goOn = () => {};
    const [isRead, mayGoOn] = [
      new Promise<void>((to) => (read = to)),
      new Promise<void>((to) => (goOn = to)),
    ];
    const slow = new (class extends FaultyStore {
      override async *readStream(stream: string, from?: number): AsyncGenerator<readonly RecordedEvent[]> {
        for await (const page of super.readStream(stream, from)) {
          read();
          await mayGoOn;
          yield page;
        }
      }
    })(inner, false);
    const late = new Ledger(slow);
    const tooMuch = codeOf(late.add('acme', '100', '5000'));
    await isRead;
    await here.purchase('acme', '500');
    const enough = codeOf(late.add('acme', '100', '1400'));
    goOn();
    expect([await tooMuch, await enough]).toEqual(['insufficient-credit', 'booked']);
  });

  it('find a key that the other one booked', async () => {
    await here.add('acme', '100', '5', 'k');
    expect((await there.accounts.find('acme', 'k')).replayed).toBe(true);
  });

  it('give a command up after losing a bounded number of races', async () => {
    const losing = new FaultyStore(inner, false);
    const loser = new Ledger(losing);
    losing.onAppend = async (append) => {
      await here.purchase('acme', '1');
      return append();
    };
    expect(await codeOf(loser.add('acme', '100', '1'))).toBe('StoreUnavailable');
    expect(losing.appends).toHaveLength(10);
  });
});
