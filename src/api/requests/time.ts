import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches, ValidateBy } from 'class-validator';
import { IsSipAccountId } from './ids.js';
import { PageRequest } from './page.js';

const RFC_3339 = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** There is such a day, and in UTC too its year has four digits: as texts, times of others would be out of order. */
function isReal(instant: string): boolean {
  const [day, time] = [instant.slice(0, 10), new Date(instant)];
  if (Number.isNaN(time.getTime()) || !new Date(day).toISOString().startsWith(day)) return false;
  return time.getUTCFullYear() >= 0 && time.getUTCFullYear() <= 9999;
}

/** An instant as somebody wrote it. */
const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && RFC_3339.test(value) && isReal(value),
      defaultMessage: () => '$property must be a time in RFC 3339 form, such as 2026-11-22T17:52:00.000Z',
    },
  });

const OptionalInstant = (description: string): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsInstant(),
    ApiPropertyOptional({
      description,
      type: 'string',
      format: 'date-time',
      example: '2026-11-01T00:00:00Z',
    }),
  );

/** The instant in UTC with milliseconds, as events have it. */
export const utcOf = (instant: string): string => new Date(instant).toISOString();

const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** The same as a bound of a period: an event of the millisecond within which the instant is was recorded before it. */
export function boundOf(instant: string): string {
  const within = /\.\d{3}0*[1-9]/.test(instant) ? 1 : 0;
  return new Date(Math.min(Date.parse(instant) + within, LAST)).toISOString();
}

/** At which point of the past; one of the two at most. */
export class PointRequest {
  @OptionalInstant('As it was at this time; what was recorded at the very millisecond counts.')
  readonly asOf?: string;

  @IsOptional()
  @Matches(/^(0|[1-9][0-9]{0,14})$/, { message: '$property must be a whole number' })
  @ApiPropertyOptional({ description: 'As it was right after this revision.', type: 'integer', minimum: 0 })
  readonly atRevision?: string;
}

/** A page of an account as it was at a point of the past. */
export class PastRequest extends IntersectionType(PageRequest, PointRequest) {}

const TYPES = [
  'MainAccountOpened',
  'CreditPurchased',
  'SipAccountAdded',
  'CreditAllocated',
  'CreditReclaimed',
] as const;

/** Which part of a history. */
export class HistoryRequest extends PageRequest {
  @OptionalInstant('Recorded at this time or later.')
  readonly from?: string;

  @OptionalInstant('Recorded before this time.')
  readonly until?: string;

  @IsOptional()
  @IsSipAccountId()
  @ApiPropertyOptional({ description: 'Only what moved credit of this SIP account.' })
  readonly sipAccountId?: string;

  @IsOptional()
  @IsIn(TYPES)
  @ApiPropertyOptional({ description: 'Only events of this type.', enum: TYPES })
  readonly type?: (typeof TYPES)[number];

  @IsOptional()
  @Length(1, 256)
  @ApiPropertyOptional({ description: 'Only what this sender sent.', example: 'key:billing' })
  readonly actor?: string;

  @IsOptional()
  @IsIn(['oldest-first', 'newest-first'])
  @ApiPropertyOptional({ enum: ['oldest-first', 'newest-first'], default: 'oldest-first' })
  readonly order?: 'oldest-first' | 'newest-first';
}

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
