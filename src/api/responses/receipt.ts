import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EVENT_TYPES } from '../../ledger/domain/events.js';
import { ApiAmount } from './amount.js';

export class AvailableResponse {
  @ApiAmount('Credit available right after the command')
  readonly available!: string;
}

/** What a command booked, and the balances right after it. The same byte for byte whenever it is asked for. */
export class ReceiptResponse {
  @ApiProperty({
    description: 'Id of the event',
    format: 'uuid',
    example: '0d4a1ca2-6dbb-8ab0-8c31-7d0dfb6d5d6e',
  })
  readonly eventId!: string;

  @ApiProperty({
    description: 'What happened',
    enum: [...EVENT_TYPES],
    example: 'CreditAllocated',
  })
  readonly type!: string;

  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiPropertyOptional({ description: 'The SIP account that the command named, if any', example: 'desk-1' })
  readonly sipAccountId?: string;

  @ApiPropertyOptional({
    description: 'The amount that was moved, if any',
    pattern: '^(0|[1-9][0-9]*)\\.[0-9]{4}$',
    example: '12.2109',
  })
  readonly amount?: string;

  @ApiProperty({
    description: "Place of the event in the main account's stream, from 0",
    type: 'integer',
    minimum: 0,
    example: 3,
  })
  readonly revision!: number;

  @ApiProperty({ description: 'UTC', format: 'date-time', example: '2026-11-22T17:52:00.000Z' })
  readonly recordedAt!: string;

  @ApiProperty({ description: 'The main account' })
  readonly mainAccount!: AvailableResponse;

  @ApiProperty({ description: 'The sum of the SIP accounts' })
  readonly sipAccounts!: AvailableResponse;

  @ApiPropertyOptional({ description: 'The SIP account that the command named, if any' })
  readonly sipAccount?: AvailableResponse;
}
