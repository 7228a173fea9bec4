import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { CommandCounts } from './command-counts.js';
import { CountedHistogram } from './counted-histogram.js';

/** The figures of the service, counted as things happen. docs/reference/metrics.md lists them. */
export class Metrics {
  readonly registry = new Registry();

  readonly commands = new CommandCounts({
    name: 'ledger_commands_total',
    help: 'Commands by type and outcome: booked, replayed, the code of a refusal, or the name of a store failure',
    labelNames: ['type', 'outcome'],
    registers: [this.registry],
  });

  readonly appendSeconds = new CountedHistogram(
    {
      name: 'ledger_append_seconds',
      help: 'Time from handing events to the store to its answer',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
    this.registry,
  );

  readonly appendEvents = new CountedHistogram(
    {
      name: 'ledger_append_events',
      help: 'Events in one append',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 400],
    },
    this.registry,
  );

  readonly alarms = new Counter({
    name: 'ledger_alarms_total',
    help: 'Things that an operator has to look at; the log names each',
    registers: [this.registry],
  });

  readonly httpSeconds = new CountedHistogram(
    {
      name: 'ledger_http_request_seconds',
      help: 'Time from the arrival of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
    this.registry,
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
