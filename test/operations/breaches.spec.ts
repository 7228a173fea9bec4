import { expect, it } from '@jest/globals';
import type { Accounts } from '../../src/ledger/accounts.js';
import { registerGauges } from '../../src/operations/gauges.js';
import { Metrics } from '../../src/operations/metrics.js';
import { added, LogBuilder, opened, purchased, reclaimed } from '../audit/support/good-log.js';
import { ReadSide } from '../support/read-side.js';

it('an account from which credit has gone is among the figures', async () => {
  const log = new LogBuilder();
  const sound = [opened, purchased('5.0000')].map((event) => log.add('bob', event));
  const broken = [opened, added('s'), reclaimed('s', '0.5000')].map((event) => log.add('alice', event));
  const side = await ReadSide.start();
  const metrics = new Metrics();
  registerGauges(metrics, { depth: 0 } as Accounts, side.projections, side.reads);

  await side.store.append('mainAccount-bob', sound, 'no-stream');
  await side.caughtUp();
  expect(await metrics.registry.metrics()).toContain('\nledger_conservation_breaches 0\n');
  await side.store.append('mainAccount-alice', broken, 'no-stream');
  await side.caughtUp();
  expect(await metrics.registry.metrics()).toContain('\nledger_conservation_breaches 1\n');
  await side.remove();
});
