import { IsAmount } from './amount.js';

export class AddCreditRequest {
  @IsAmount()
  readonly amount!: string;
}
