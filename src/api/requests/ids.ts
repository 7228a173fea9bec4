import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { ACCOUNT_ID } from '../../auth/api-key.js';
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_SCHEMA } from '../idempotency-key.js';

/** The caller's own id of an account: safe in a path as it is. */
const IsAccountId = (description: string, example: string): PropertyDecorator =>
  applyDecorators(
    Matches(ACCOUNT_ID, {
      message: '$property must be 1 to 64 characters of A-Z a-z 0-9 . _ ~ -, not "." or ".."',
    }),
    ApiProperty({
      description,
      example,
      type: 'string',
      minLength: 1,
      maxLength: 64,
      pattern: ACCOUNT_ID.source,
    }),
  );

export const IsMainAccountId = (): PropertyDecorator =>
  IsAccountId('Id of the main account, given by the caller who opened it', 'acme');

export const IsSipAccountId = (): PropertyDecorator =>
  IsAccountId('Id of the SIP account, unique within its main account, given by the caller', 'desk-1');

/** The key of a command where it is no header. */
export const IsIdempotencyKey = (description: string): PropertyDecorator =>
  applyDecorators(
    Matches(IDEMPOTENCY_KEY, { message: '$property must be 1 to 255 visible ASCII characters' }),
    ApiProperty({ description, ...IDEMPOTENCY_KEY_SCHEMA }),
  );
