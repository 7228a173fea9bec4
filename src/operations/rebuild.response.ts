import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The rebuild of the read models that runs, or the last one since the service started. */
export class RebuildResponse {
  @ApiProperty({ enum: ['none', 'running', 'done', 'failed'], example: 'running' })
  readonly state!: string;

  @ApiProperty({
    description: 'What that means, for people',
    example: 'The read models are built anew beside those in use, which answer until then.',
  })
  readonly detail!: string;

  @ApiPropertyOptional({ description: 'UTC, RFC 3339', format: 'date-time' })
  readonly startedAt?: string;

  @ApiPropertyOptional({ description: 'UTC, RFC 3339', format: 'date-time' })
  readonly endedAt?: string;
}
