import type { Logger } from 'pino';
import { LedgerObserver } from '../ledger/ledger-observer.js';
import type { Metrics } from './metrics.js';

/** Counts what the write side does, and logs its alarms. */
export class PrometheusObserver extends LedgerObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    super();
  }

  command(type: string, outcome: string): void {
    this.metrics.commands.add(type, outcome);
  }

  append(events: number, seconds: number): void {
    this.metrics.appendEvents.observe(events);
    this.metrics.appendSeconds.observe(seconds);
  }

  alarm(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.metrics.alarms.inc();
    this.logger.error({ ...fields, alarm: true }, message);
  }
}
