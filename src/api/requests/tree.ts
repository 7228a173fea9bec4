import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { MainAccountPath } from './paths.js';

const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,14})$/;
const message = '$property must be a whole number';

export class EventPath extends MainAccountPath {
  @Matches(WHOLE_NUMBER, { message })
  @ApiProperty({
    description: "Place of the event in the account's stream, from 0",
    type: 'integer',
    minimum: 0,
  })
  readonly revision!: string;
}

export class CheckpointPath {
  @Matches(WHOLE_NUMBER, { message })
  @ApiProperty({ description: 'How many events of the log', type: 'integer', minimum: 0, example: 42 })
  readonly size!: string;
}

export class ConsistencyRequest {
  @Matches(WHOLE_NUMBER, { message })
  @ApiProperty({ description: 'Size of the older tree', type: 'integer', minimum: 1, example: 42 })
  readonly from!: string;

  @IsOptional()
  @Matches(WHOLE_NUMBER, { message })
  @ApiPropertyOptional({
    description: 'Size of the later tree. Left out: as it is now',
    type: 'integer',
    minimum: 1,
  })
  readonly to?: string;
}
