import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { AddCreditRequest } from './add-credit.js';
import { AddSipAccountRequest } from './add-sip-account.js';
import { IsIdempotencyKey } from './ids.js';
import { OpenMainAccountRequest } from './open-main-account.js';
import { MainAccountPath, SipAccountPath } from './paths.js';
import { PurchaseCreditRequest } from './purchase-credit.js';

export class BulkQuery {
  @IsOptional()
  @IsIn(['main-account'], { message: '$property must be main-account' })
  @ApiPropertyOptional({
    description:
      'With `main-account`, the lines of a main account are booked all or none, and none of any before the last line is in. Left out: each line by itself.',
    enum: ['main-account'],
  })
  readonly atomic?: 'main-account';
}

const IsCommand = (name: string): PropertyDecorator =>
  applyDecorators(IsIn([name]), ApiProperty({ description: 'Which command it is', enum: [name] }));

class KeyedLine {
  @IsIdempotencyKey('As the header `Idempotency-Key` of a single command')
  readonly idempotencyKey!: string;
}

export class OpenMainAccountLineRequest extends IntersectionType(KeyedLine, OpenMainAccountRequest) {
  @IsCommand('OpenMainAccount')
  readonly command!: string;
}

export class PurchaseCreditLineRequest extends IntersectionType(
  KeyedLine,
  MainAccountPath,
  PurchaseCreditRequest,
) {
  @IsCommand('PurchaseCredit')
  readonly command!: string;
}

export class AddSipAccountLineRequest extends IntersectionType(
  KeyedLine,
  MainAccountPath,
  AddSipAccountRequest,
) {
  @IsCommand('AddSipAccount')
  readonly command!: string;
}

export class AddCreditLineRequest extends IntersectionType(KeyedLine, SipAccountPath, AddCreditRequest) {
  @IsCommand('AddCredit')
  readonly command!: string;
}

export class RemoveAllCreditLineRequest extends IntersectionType(KeyedLine, SipAccountPath) {
  @IsCommand('RemoveAllCredit')
  readonly command!: string;
}
