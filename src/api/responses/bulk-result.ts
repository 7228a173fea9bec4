import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ProblemResponse } from './problem.js';
import { ReceiptResponse } from './receipt.js';

/** What became of one line: a receipt or a problem. */
export class BulkResultResponse {
  @ApiProperty({ description: 'Number of the line, from 1', type: 'integer', minimum: 1, example: 1 })
  readonly line!: number;

  @ApiProperty({
    description: 'The HTTP status that the command would have been answered with by itself',
    type: 'integer',
    example: 201,
  })
  readonly status!: number;

  @ApiPropertyOptional({ description: 'With a receipt: whether it was booked before this line' })
  readonly replayed?: boolean;

  @ApiPropertyOptional({
    description:
      'With a receipt: position in the log that holds it. The highest one of an answer holds them all.',
    type: 'string',
    example: '1042',
  })
  readonly position?: string;

  @ApiPropertyOptional({ description: 'What was booked, byte for byte as a single command answers it' })
  readonly receipt?: ReceiptResponse;

  @ApiPropertyOptional({ description: 'Why nothing was booked, or what to do as that is not known' })
  readonly problem?: ProblemResponse;
}
