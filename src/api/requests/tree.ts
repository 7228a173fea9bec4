import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { MainAccountPath } from './paths.js';
import { IsWholeNumber } from './whole-number.js';

export class EventPath extends MainAccountPath {
  @IsWholeNumber()
  @ApiProperty({
    description: "Place of the event in the account's stream, from 0",
    type: 'integer',
    minimum: 0,
  })
  readonly revision!: string;
}

export class CheckpointPath {
  @IsWholeNumber()
  @ApiProperty({ description: 'How many events of the log', type: 'integer', minimum: 0, example: 42 })
  readonly size!: string;
}

export class ConsistencyRequest {
  @IsWholeNumber()
  @ApiProperty({ description: 'Size of the older tree', type: 'integer', minimum: 1, example: 42 })
  readonly from!: string;

  @IsOptional()
  @IsWholeNumber()
  @ApiPropertyOptional({
    description: 'Size of the later tree. Left out: as it is now',
    type: 'integer',
    minimum: 1,
  })
  readonly to?: string;
}
