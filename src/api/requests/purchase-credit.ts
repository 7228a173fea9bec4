import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { IsAmount } from './amount.js';

/**
 * Neither control characters nor halves of a surrogate pair, which no UTF-8 can hold. What turns the direction of text
 * is left to the rule of the command: some that hold it were booked, and their keys have to be answered.
 */
const REFERENCE = /^[^\p{Cc}\p{Cs}]{1,140}$/u;

export class PurchaseCreditRequest {
  @IsAmount()
  readonly amount!: string;

  @Matches(REFERENCE, { message: '$property must be 1 to 140 characters, none of them a control character' })
  @ApiProperty({
    description:
      "The caller's own, such as an invoice number, without control characters and what turns the direction of text. No personal data: it is kept for ever.",
    example: 'invoice 2026-17',
    type: 'string',
    minLength: 1,
    maxLength: 140,
  })
  readonly reference!: string;
}
