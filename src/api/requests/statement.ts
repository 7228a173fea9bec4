import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageRequest } from './page.js';
import { OptionalInstant } from './time.js';

/** The period of a statement. */
export class StatementRequest extends PageRequest {
  @OptionalInstant("Begin of the period. Left out: the account's opening.")
  readonly from?: string;

  @OptionalInstant(
    'End of the period; what was recorded at this very time is no part of it. Left out: now, with all events that there are.',
  )
  readonly until?: string;

  @IsOptional()
  @IsIn(['json', 'csv'])
  @ApiPropertyOptional({
    description: 'CSV holds all entries, JSON one page of them.',
    enum: ['json', 'csv'],
    default: 'json',
  })
  readonly format?: 'json' | 'csv';
}

export class StatementDiffRequest extends PageRequest {
  @Matches(/^([0-9]{1,15}:)?[0-9a-f]{64}$/, {
    message: '$property must be the hash of a statement, or its revision, a colon and its hash',
  })
  @ApiProperty({
    description:
      'Of a statement, `<revision>:<hash>`, or its `hash` alone, which has to be searched for in a long history',
    type: 'string',
    pattern: '^([0-9]{1,15}:)?[0-9a-f]{64}$',
  })
  readonly since!: string;
}
