import { Gauge } from 'prom-client';
import type { Accounts } from '../ledger/accounts.js';
import { findBreaches } from '../projections/conservation/find-breaches.js';
import type { ProjectionLag, Projections } from '../projections/projections.js';
import type { Reads } from '../projections/reads.js';
import type { Metrics } from './metrics.js';

/** Figures that are looked up when somebody asks for them. */
export function registerGauges(
  { registry }: Metrics,
  accounts: Accounts,
  projections: Projections,
  reads: Reads,
): void {
  const registers = [registry];

  const inFlight: Gauge = new Gauge({
    name: 'ledger_commands_in_flight',
    help: 'Commands that have arrived and are not yet answered',
    registers,
    collect: () => inFlight.set(accounts.depth),
  });

  const lagGauge = (name: string, help: string, figure: (lag: ProjectionLag) => number): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: ['projection'],
      registers,
      collect: async () => {
        // While the store cannot tell where its log ends, no lag is better than an old one.
        gauge.reset();
        for (const lag of await projections.lag().catch(() => []))
          gauge.set({ projection: lag.projection }, figure(lag));
      },
    });
  };
  lagGauge(
    'ledger_projection_lag_events',
    'Positions of the log that a projection has still to come to; in the embedded store one is an event',
    ({ positions }) => Number(positions),
  );
  lagGauge(
    'ledger_projection_lag_seconds',
    'For how long a projection has been behind the log',
    ({ seconds }) => seconds,
  );

  const ready: Gauge = new Gauge({
    name: 'ledger_projections_ready',
    help: '1 when every projection has caught up and none has stopped',
    registers,
    collect: () => ready.set(projections.ready ? 1 : 0),
  });

  const breaches: Gauge = new Gauge({
    name: 'ledger_conservation_breaches',
    help: 'Main accounts of which what was purchased is not what remains',
    registers,
    collect: async () => {
      // While the read models catch up the last figure stands: nobody waits for them here.
      if (projections.ready) breaches.set((await findBreaches(reads)).count);
    },
  });
}
