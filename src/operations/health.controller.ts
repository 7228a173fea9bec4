import { Controller, Get, Header, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/decorators.js';
import { EventStore } from '../event-store/event-store.js';
import { Projections } from '../projections/projections.js';

const STORE_TIMEOUT_MS = 2000;
/** Probes are open to everybody, so the store is not asked again for so long after it has answered. */
const STORE_REST_MS = 500;

/** For whoever runs the service: is it alive, and can it be sent requests? */
@ApiTags('Operations')
@Public()
@Controller('health')
export class HealthController {
  private lastStoreHealth: Promise<HealthIndicatorResult> | undefined;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Is the process alive?',
    description: 'Restart it when this does not answer.',
    security: [],
  })
  @ApiOkResponse({ description: 'It is', schema: { type: 'object' } })
  isLive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Can it do all of its work?',
    description: 'Send it requests only while it can. `details` gives the reason for each part that cannot.',
    security: [],
  })
  @ApiOkResponse({ description: 'It can', schema: { type: 'object' } })
  @ApiServiceUnavailableResponse({
    description: 'The store cannot be written, the balances are catching up, or it is shutting down',
    schema: { type: 'object' },
  })
  async isReady(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    try {
      return await this.health.check([() => this.storeHealth(), () => this.projectionsHealth()]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(503);
      return error.getResponse() as object;
    }
  }

  /** Kept by a timer: a clock on the wall may be put back. */
  private storeHealth(): Promise<HealthIndicatorResult> {
    const forget = (): void => void (this.lastStoreHealth = undefined);
    this.lastStoreHealth ??= this.askStore().finally(() => setTimeout(forget, STORE_REST_MS).unref());
    return this.lastStoreHealth;
  }

  private async askStore(): Promise<HealthIndicatorResult> {
    return this.indicators
      .check('store')
      .attempt(() => this.store.check())
      .withTimeout(STORE_TIMEOUT_MS);
  }

  private projectionsHealth() {
    const indicator = this.indicators.check('projections');
    const { ready, running, stopped, rebuildStatus } = this.projections;
    if (ready) return indicator.up();
    // Whose event it was is for the log: everybody may ask here.
    const stops = stopped.map(({ projection, position }) => `${projection} stopped at position ${position}`);
    if (stops.length > 0) return indicator.down(stops.join('; '));
    if (running) return indicator.down('catching up with the log');
    return indicator.down(
      rebuildStatus.state === 'running' ? 'being rebuilt' : 'ended, and started again soon; the log says why',
    );
  }
}
