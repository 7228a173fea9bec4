import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { PeriodReversed } from '../../projections/history/get-statement.js';
import { PageRequest } from './page.js';
import { IsWholeNumber } from './whole-number.js';

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
      defaultMessage: () =>
        '$property must be a time in RFC 3339 form, such as 2026-11-22T17:52:00.000Z; the + of a zone is written %2B in a query',
    },
  });

export const OptionalInstant = (description: string): PropertyDecorator =>
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
function boundOf(instant: string): string {
  const within = /\.\d{3}0*[1-9]/.test(instant) ? 1 : 0;
  return new Date(Math.min(Date.parse(instant) + within, LAST)).toISOString();
}

/** The bounds of a period; one that is left out bounds nothing. @throws PeriodReversed */
export function periodOf(period: { readonly from?: string; readonly until?: string }) {
  const from = period.from === undefined ? undefined : boundOf(period.from);
  const until = period.until === undefined ? undefined : boundOf(period.until);
  if (from !== undefined && until !== undefined && from > until) throw new PeriodReversed(from, until);
  return { from, until };
}

/** At which point of the past; one of the two at most. */
export class PointRequest {
  @OptionalInstant('As it was at this time; what was recorded at the very millisecond counts.')
  readonly asOf?: string;

  @IsOptional()
  @IsWholeNumber()
  @ApiPropertyOptional({ description: 'As it was right after this revision.', type: 'integer', minimum: 0 })
  readonly atRevision?: string;
}

/** A page of an account as it was at a point of the past. */
export class PastRequest extends IntersectionType(PageRequest, PointRequest) {}
