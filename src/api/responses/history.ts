import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ApiNext, FreshResponse } from './fresh.js';
import { ReceiptResponse } from './receipt.js';

/** An event, and the balances right after it. */
export class HistoryEntryResponse extends OmitType(ReceiptResponse, ['mainAccountId']) {
  @ApiPropertyOptional({ description: 'Of an opened main account: ISO 4217', example: 'EUR' })
  readonly currency?: string;

  @ApiPropertyOptional({ description: "Of a purchase: the caller's own", example: 'invoice 2026-17' })
  readonly reference?: string;

  @ApiProperty({ description: 'Who sent the command', example: 'key:billing' })
  readonly actor!: string;

  @ApiProperty({ description: 'The key of the command', example: 'invoice-17' })
  readonly idempotencyKey!: string;

  @ApiProperty({
    description: 'SHA-256 that links the event to the one before it',
    pattern: '^[0-9a-f]{64}$',
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  })
  readonly hash!: string;
}

export class HistoryResponse extends FreshResponse {
  @ApiProperty({ description: 'Oldest first', type: [HistoryEntryResponse] })
  readonly entries!: readonly HistoryEntryResponse[];

  @ApiNext()
  readonly next!: string | null;
}
