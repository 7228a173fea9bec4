import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { IDEMPOTENCY_KEY } from '../idempotency-key.js';
import { IsMainAccountId, IsSipAccountId } from './ids.js';

export class MainAccountPath {
  @IsMainAccountId()
  readonly mainAccountId!: string;
}

export class SipAccountPath extends MainAccountPath {
  @IsSipAccountId()
  readonly sipAccountId!: string;
}

export class CommandPath extends MainAccountPath {
  @Matches(IDEMPOTENCY_KEY, { message: '$property must be 1 to 255 visible ASCII characters' })
  @ApiProperty({
    description: 'The key that the command was sent with, percent-encoded',
    example: 'invoice-17',
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: IDEMPOTENCY_KEY.source,
  })
  readonly idempotencyKey!: string;
}
