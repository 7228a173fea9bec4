import { ApiProperty } from '@nestjs/swagger';

/** How fresh an answer is. */
export class FreshResponse {
  @ApiProperty({ description: 'Position in the log that the answer holds', example: '1042' })
  readonly position!: string;

  @ApiProperty({
    description:
      'The moment that it shows, UTC: when it was read, or the one in the past that was asked for (of a revision, when it was recorded)',
    format: 'date-time',
    example: '2026-11-22T17:52:00.000Z',
  })
  readonly asOf!: string;
}

export const ApiNext = (): PropertyDecorator =>
  ApiProperty({
    description: '`after` of the next page; null when there is none',
    type: 'string',
    nullable: true,
    example: '100',
  });
