import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeReadModels } from '../../src/projections/read-models-file.js';
import type { Booking } from '../../src/ledger/booking.js';
import { ReadSide } from '../support/read-side.js';

const OTHERS = 100_000;
/** A few seconds on a machine that has nothing else to do. */
const LONG_MS = 90_000;
/** As many commands as may wait for one account, and some room. */
const AT_ONCE = 5_000;

describe(`a key from before ${OTHERS} other commands of its account`, () => {
  let side: ReadSide;
  let first: Booking;

  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    first = await side.ledger.add('acme', 'desk', '12.2109', 'once');
    for (let booked = 0; booked < OTHERS; booked += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, () => side.ledger.purchase('acme', '0.0001')));
  }, LONG_MS);
  afterAll(() => side.remove());

  const again = () => side.ledger.add('acme', 'desk', '12.2109', 'once');
  const restart = async (meanwhile: () => void = () => undefined) => {
    await side.close();
    meanwhile();
    side = await ReadSide.start(side.dataDir);
  };

  it('is replayed from the index, and no longer held in memory', async () => {
    await side.caughtUp();
    await side.ledger.purchase('acme', '0.0001');
    expect(side.index.command('acme', 'once')?.receipt).toBe(first.receipt);
    expect(await again()).toEqual({ ...first, replayed: true });
  });

  it('is replayed after a restart', async () => {
    await restart();
    expect(await again()).toEqual({ ...first, replayed: true });
  });

  it(
    'is replayed when the read models are gone and not yet built again',
    async () => {
      await restart(() => removeReadModels(side.file));
      expect(await again()).toEqual({ ...first, replayed: true });
    },
    LONG_MS,
  );

  it('is refused to another command', async () => {
    await expect(side.ledger.add('acme', 'desk', '12.2108', 'once')).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });
});
