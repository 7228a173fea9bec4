import { ApiProperty } from '@nestjs/swagger';
import { ApiNext, FreshResponse } from './fresh.js';
import { HistoryEntryResponse } from './history.js';
import { AvailableResponse } from './receipt.js';

export class StatementBalancesResponse {
  @ApiProperty()
  readonly mainAccount!: AvailableResponse;

  @ApiProperty({ description: 'The sum of the SIP accounts' })
  readonly sipAccounts!: AvailableResponse;
}

export class StatementResponse extends FreshResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  readonly currency!: string;

  @ApiProperty({ description: 'Begin of the period', format: 'date-time' })
  readonly from!: string;

  @ApiProperty({ description: 'End of the period, no part of it', format: 'date-time' })
  readonly until!: string;

  @ApiProperty({ description: 'Right before the period' })
  readonly opening!: StatementBalancesResponse;

  @ApiProperty({ description: 'At the end of the period' })
  readonly closing!: StatementBalancesResponse;

  @ApiProperty({ description: 'The last event that the statement rests on', type: 'integer', example: 3 })
  readonly revision!: number;

  @ApiProperty({ description: 'Hash of the event at the revision', pattern: '^[0-9a-f]{64}$' })
  readonly hash!: string;

  @ApiProperty({ description: 'Oldest first', type: [HistoryEntryResponse] })
  readonly entries!: readonly HistoryEntryResponse[];

  @ApiNext()
  readonly next!: string | null;
}

export class StatementSinceResponse {
  @ApiProperty({ type: 'integer', example: 3 })
  readonly revision!: number;

  @ApiProperty({ pattern: '^[0-9a-f]{64}$' })
  readonly hash!: string;

  @ApiProperty({ format: 'date-time' })
  readonly recordedAt!: string;
}

export class StatementDiffResponse extends FreshResponse {
  @ApiProperty({ example: 'acme' })
  readonly mainAccountId!: string;

  @ApiProperty({ description: 'The event that the statement rested on' })
  readonly since!: StatementSinceResponse;

  @ApiProperty({ description: "The account's last event", type: 'integer', example: 7 })
  readonly revision!: number;

  @ApiProperty({ description: 'What has been added since, oldest first', type: [HistoryEntryResponse] })
  readonly entries!: readonly HistoryEntryResponse[];

  @ApiNext()
  readonly next!: string | null;
}
