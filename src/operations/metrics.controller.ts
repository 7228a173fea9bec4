import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/decorators.js';
import { Metrics } from './metrics.js';

/** Open to everybody who reaches the port: figures of the service, of no account. */
@ApiTags('Operations')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'The figures of the service',
    description: 'In the text format of Prometheus.',
    security: [],
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  showMetrics(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
