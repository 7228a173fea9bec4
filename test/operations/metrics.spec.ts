import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Accounts } from '../../src/ledger/accounts.js';
import { registerGauges } from '../../src/operations/gauges.js';
import { createLogger } from '../../src/operations/logger.js';
import { Metrics } from '../../src/operations/metrics.js';
import type { Projections } from '../../src/projections/projections.js';
import type { Reads } from '../../src/projections/reads.js';
import { PrometheusObserver } from '../../src/operations/prometheus-observer.js';

describe('the observer of the write side', () => {
  const lines: string[] = [];
  const metrics = new Metrics();
  const observer = new PrometheusObserver(
    metrics,
    createLogger({ logLevel: 'info' }, { write: (line: string) => lines.push(line) }),
  );

  it('counts commands by type and outcome', async () => {
    observer.command('AddCredit', 'booked');
    observer.command('AddCredit', 'booked');
    observer.command('AddCredit', 'insufficient-credit');
    const text = await metrics.registry.metrics();
    expect(text).toContain('ledger_commands_total{type="AddCredit",outcome="booked"} 2');
    expect(text).toContain('ledger_commands_total{type="AddCredit",outcome="insufficient-credit"} 1');

    observer.command('AddCredit', 'booked');
    for (const _ of ['asked', 'asked again'])
      expect(await metrics.registry.metrics()).toContain(
        'ledger_commands_total{type="AddCredit",outcome="booked"} 3',
      );
  });

  it('measures appends and their size', async () => {
    observer.append(12, 0.003);
    const text = await metrics.registry.metrics();
    expect(text).toContain('ledger_append_events_bucket{le="10"} 0');
    expect(text).toContain('ledger_append_events_bucket{le="20"} 1');
    expect(text).toContain('ledger_append_seconds_sum 0.003');
  });

  it('counts alarms, and logs what they are', async () => {
    observer.alarm('snapshot does not link to the log', { mainAccountId: 'acme' });
    expect(await metrics.registry.metrics()).toContain('ledger_alarms_total 1');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      level: 'error',
      msg: 'snapshot does not link to the log',
      mainAccountId: 'acme',
      alarm: true,
    });
  });

  it('has figures of the process, for itself alone', async () => {
    expect(await metrics.registry.metrics()).toContain('process_cpu_seconds_total');
    expect(await new Metrics().registry.metrics()).not.toContain('outcome="booked"');
  });
});

describe('the figures of the read models', () => {
  it('tell no lag rather than an old one while nobody knows it, and look for no breach while they catch up', async () => {
    const metrics = new Metrics();
    const lag = [{ projection: 'accounts', positions: 7n, seconds: 3 }];
    const projections = { ready: false, lag: () => Promise.resolve(lag) };
    registerGauges(metrics, { depth: 2 } as Accounts, projections as unknown as Projections, {} as Reads);
    expect(await metrics.registry.metrics()).toContain('lag_events{projection="accounts"} 7\n');
    projections.lag = () => Promise.reject(new Error('the store is away'));
    const figures = await metrics.registry.metrics();
    expect(figures).not.toContain('projection="accounts"');
    expect(figures).toContain('\nledger_projections_ready 0\n');
    expect(figures).toContain('\nledger_commands_in_flight 2\n');
  });
});

describe('docs/reference/metrics.md', () => {
  it('lists every figure of the ledger', () => {
    const metrics = new Metrics();
    registerGauges(metrics, {} as Accounts, {} as Projections, {} as Reads);
    const rows = readFileSync('docs/reference/metrics.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `ledger_'))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    const shown = metrics.registry.getMetricsAsArray().filter(({ name }) => name.startsWith('ledger_'));
    expect(new Set(rows.map(([, name]) => name))).toEqual(new Set(shown.map(({ name }) => name)));
  });
});
