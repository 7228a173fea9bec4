import { ApiProperty } from '@nestjs/swagger';
import { IsISO4217CurrencyCode, Matches } from 'class-validator';
import { IsMainAccountId } from './ids.js';

export class OpenMainAccountRequest {
  @IsMainAccountId()
  readonly mainAccountId!: string;

  @IsISO4217CurrencyCode({ message: '$property must be an ISO 4217 currency code, such as "EUR"' })
  @Matches(/^[A-Z]{3}$/, { message: '$property must be in capital letters' })
  @ApiProperty({
    description: 'Currency of all amounts of the account: ISO 4217, alphabetic',
    example: 'EUR',
    type: 'string',
    pattern: '^[A-Z]{3}$',
  })
  readonly currency!: string;
}
