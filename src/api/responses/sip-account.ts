import { ApiProperty } from '@nestjs/swagger';
import { ApiAmount } from './amount.js';
import { FreshResponse } from './fresh.js';

export class SipAccountResponse extends FreshResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiProperty({ example: 'desk-1' })
  readonly sipAccountId!: string;

  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  readonly currency!: string;

  @ApiAmount('Available on the SIP account')
  readonly available!: string;

  @ApiProperty({
    description: 'When credit was last moved to or from it, UTC; null if never',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-11-22T17:52:00.000Z',
  })
  readonly movedAt!: string | null;

  @ApiProperty({
    description: "Revision of the main account's last event",
    type: 'integer',
    minimum: 0,
    example: 7,
  })
  readonly revision!: number;
}
