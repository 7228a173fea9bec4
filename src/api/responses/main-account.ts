import { ApiProperty } from '@nestjs/swagger';
import { ApiAmount } from './amount.js';
import { ApiNext, FreshResponse } from './fresh.js';

export class MainAccountRowResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  readonly currency!: string;

  @ApiAmount('Available on the main account', '61.3600')
  readonly available!: string;

  @ApiAmount('The sum of all its SIP accounts', '48.8980')
  readonly sipAccountsAvailable!: string;

  @ApiProperty({ description: 'How many SIP accounts it has', type: 'integer', minimum: 0, example: 5 })
  readonly sipAccountsCount!: number;
}

export class MainAccountListResponse extends FreshResponse {
  @ApiProperty({ description: 'In the order they were opened', type: [MainAccountRowResponse] })
  readonly mainAccounts!: readonly MainAccountRowResponse[];

  @ApiNext()
  readonly next!: string | null;
}

export class SipAccountRowResponse {
  @ApiProperty({ example: 'desk-1' })
  readonly sipAccountId!: string;

  @ApiAmount('Available on the SIP account')
  readonly available!: string;
}

export class MainAccountResponse extends FreshResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  readonly currency!: string;

  @ApiAmount('Available on the main account', '61.3600')
  readonly available!: string;

  @ApiAmount('The sum of all its SIP accounts, not of this page', '48.8980')
  readonly sipAccountsAvailable!: string;

  @ApiProperty({ description: 'How many SIP accounts it has', type: 'integer', minimum: 0, example: 5 })
  readonly sipAccountsCount!: number;

  @ApiProperty({ description: 'One page, in the order they were added', type: [SipAccountRowResponse] })
  readonly sipAccounts!: readonly SipAccountRowResponse[];

  @ApiNext()
  readonly next!: string | null;

  @ApiProperty({
    description: "Revision of the account's last event",
    type: 'integer',
    minimum: 0,
    example: 7,
  })
  readonly revision!: number;
}
