import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { Backlog } from '../../src/ledger/backlog.js';

describe('the backlog', () => {
  /** With room for 2 000 commands, and an index that stands where it is told. */
  const backlogAt = (index: { position: bigint }) => new Backlog(() => index.position, 2000);
  const done: string[] = [];
  const note = (name: string) => (): Promise<string> => {
    done.push(name);
    return Promise.resolve(name);
  };

  it('lets work begin at once while the index is not far behind', () => {
    const backlog = backlogAt({ position: 0n });
    for (let position = 1n; position <= 2000n; position++) backlog.add(1, position);
    done.length = 0;
    void backlog.whenThereIsRoom(1, note('at once'));
    expect(done).toEqual(['at once']);
  });

  it('lets work wait for an index that is far behind, and begin in its order', async () => {
    const index = { position: 0n };
    const backlog = backlogAt(index);
    for (let position = 400n; position <= 4000n; position += 400n) backlog.add(400, position);
    done.length = 0;
    const all = ['first', 'second', 'third'].map((name) => backlog.whenThereIsRoom(400, note(name)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toEqual([]);
    index.position = 4000n;
    await all[0];
    const late = backlog.whenThereIsRoom(400, note('late'));
    expect(await Promise.all([...all, late])).toEqual(['first', 'second', 'third', 'late']);
    expect(done).toEqual(['first', 'second', 'third', 'late']);
  });

  it('turns away who would have to wait once the service ends, and begins nothing for them', async () => {
    const index = { position: 0n };
    const backlog = backlogAt(index);
    for (let position = 400n; position <= 4000n; position += 400n) backlog.add(400, position);
    done.length = 0;
    const waiting = [
      backlog.whenThereIsRoom(400, note('first')),
      backlog.whenThereIsRoom(400, note('second')),
    ];
    backlog.end();
    waiting.push(backlog.whenThereIsRoom(400, note('third')));
    for (const { status, reason } of (await Promise.allSettled(waiting)) as PromiseRejectedResult[])
      expect([status, reason]).toEqual(['rejected', expect.any(StoreUnavailable)]);
    expect(done).toEqual([]);
    index.position = 4000n;
    expect(await backlog.whenThereIsRoom(400, note('there is room'))).toBe('there is room');
  });

  it('does not stop the bookings when the index has stopped', async () => {
    const backlog = backlogAt({ position: 0n });
    backlog.add(10_000, 10_000n);
    expect(await backlog.whenThereIsRoom(400, note('after a while'))).toBe('after a while');
  });

  it('lets who has few wait as often as one who has many: once for each 400 commands', async () => {
    const backlog = backlogAt({ position: 0n });
    backlog.add(10_000, 10_000n);
    const started = performance.now();
    await Promise.all(Array.from({ length: 60 }, () => backlog.whenThereIsRoom(10, note('a few'))));
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(5000);
  });
});
