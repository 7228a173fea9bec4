import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Length, Matches } from 'class-validator';

export const IsShortText = (): PropertyDecorator =>
  Length(1, 256, { message: '$property must be 1 to 256 characters' });

/** Which page of a list. */
export class PageRequest {
  @IsOptional()
  @IsShortText()
  @ApiPropertyOptional({
    description: 'The `next` of the page before. Left out: the first page.',
    type: 'string',
    minLength: 1,
    maxLength: 256,
  })
  readonly after?: string;

  @IsOptional()
  @Matches(/^([1-9][0-9]{0,2}|1000)$/, { message: '$property must be a whole number from 1 to 1000' })
  @ApiPropertyOptional({
    description: 'How many rows at most.',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
  })
  readonly limit?: string;
}

export const pageOf = ({ after, limit }: PageRequest) => ({
  after,
  limit: limit === undefined ? limit : Number(limit),
});
