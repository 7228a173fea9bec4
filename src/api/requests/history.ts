import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { EVENT_TYPES, type LedgerEvent } from '../../ledger/domain/events.js';
import { IsSipAccountId } from './ids.js';
import { IsShortText, PageRequest } from './page.js';
import { OptionalInstant } from './time.js';

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
  @IsIn(EVENT_TYPES)
  @ApiPropertyOptional({ description: 'Only events of this type.', enum: [...EVENT_TYPES] })
  readonly type?: LedgerEvent['type'];

  @IsOptional()
  @IsShortText()
  @ApiPropertyOptional({ description: 'Only what this sender sent.', example: 'key:billing' })
  readonly actor?: string;

  @IsOptional()
  @IsIn(['oldest-first', 'newest-first'])
  @ApiPropertyOptional({ enum: ['oldest-first', 'newest-first'], default: 'oldest-first' })
  readonly order?: 'oldest-first' | 'newest-first';
}
