import { ApiProperty } from '@nestjs/swagger';
import { ApiAmount } from './amount.js';
import { FreshResponse } from './fresh.js';
import { AvailableResponse } from './receipt.js';

export class BreachResponse {
  @ApiProperty({ type: 'integer', example: 3 })
  readonly revision!: number;

  @ApiProperty({ format: 'uuid' })
  readonly eventId!: string;

  @ApiProperty({ example: 'the main account has -1.0000, below zero' })
  readonly reason!: string;
}

/** purchased − spent = main account + SIP accounts + held. */
export class ConservationResponse extends FreshResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiAmount('Bought so far')
  readonly purchased!: string;

  @ApiAmount('Spent by the SIP accounts', '0.0000')
  readonly spent!: string;

  @ApiAmount('Set aside', '0.0000')
  readonly held!: string;

  @ApiProperty()
  readonly mainAccount!: AvailableResponse;

  @ApiProperty({ description: 'The sum of the SIP accounts' })
  readonly sipAccounts!: AvailableResponse;

  @ApiProperty({ description: 'Whether the equation has held at every event so far' })
  readonly holds!: boolean;

  @ApiProperty({ description: 'The event from which it has not held', type: BreachResponse, nullable: true })
  readonly firstBreach!: BreachResponse | null;

  @ApiProperty({ description: 'Up to which event', type: 'integer', example: 3 })
  readonly revision!: number;

  @ApiProperty({ description: 'Hash of the event at the revision', pattern: '^[0-9a-f]{64}$' })
  readonly hash!: string;
}
