import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PROBLEMS } from '../problems.js';

export class FieldErrorResponse {
  @ApiProperty({ description: 'Name of the field, path or query parameter, or header', example: 'amount' })
  readonly field!: string;

  @ApiProperty({ example: 'amount must be a string in plain decimal notation, such as "12.2109"' })
  readonly message!: string;
}

@ApiSchema({ name: 'Problem' })
export class ProblemResponse {
  @ApiProperty({ format: 'uri-reference', example: '/docs/problems#insufficient-credit' })
  readonly type!: string;

  @ApiProperty({ description: 'The same for all problems of a code' })
  readonly title!: string;

  @ApiProperty({ description: 'The HTTP status', type: 'integer' })
  readonly status!: number;

  @ApiProperty({ description: 'What happened this time. For people: it may change.' })
  readonly detail!: string;

  @ApiProperty({ description: 'For programs: it never changes.', enum: Object.keys(PROBLEMS) })
  readonly code!: string;

  @ApiProperty({ description: 'Joins the answer to the logs' })
  readonly correlationId!: string;

  @ApiPropertyOptional({
    description: 'With `invalid-request`: each wrong field',
    type: [FieldErrorResponse],
  })
  readonly errors?: FieldErrorResponse[];

  @ApiPropertyOptional({ description: 'What the account in question has available', example: '61.3600' })
  readonly available?: string;

  @ApiPropertyOptional({ description: 'What was asked for', example: '100.0000' })
  readonly requested?: string;

  @ApiPropertyOptional({ description: 'How many there may be', type: 'integer', example: 10_000 })
  readonly limit?: number;
}
