import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { ACCOUNT_ID } from './api-key.js';
import { type Role, ROLES } from './principal.js';

const ROLE_LIST = {
  message: `$property must be a list of one or more of ${ROLES.join(', ')}, none of them twice`,
};
const NAME = /^[^\p{C}]{1,64}$/u;

/** What a new API key is for. */
export class CreateApiKeyRequest {
  @Matches(NAME, { message: '$property must be 1 to 64 characters without control characters' })
  @ApiProperty({
    description: 'Tells people what the key is for',
    example: 'invoice service',
    type: 'string',
    minLength: 1,
    maxLength: 64,
  })
  readonly name!: string;

  @IsIn(ROLES, { each: true, ...ROLE_LIST })
  @ArrayUnique(ROLE_LIST)
  @ArrayNotEmpty(ROLE_LIST)
  @IsArray(ROLE_LIST)
  @ApiProperty({
    description: 'What the key may do. `customer` goes with no other role.',
    example: ['billing'],
    type: 'array',
    items: { type: 'string', enum: [...ROLES] },
    minItems: 1,
    uniqueItems: true,
  })
  readonly roles!: Role[];

  @IsOptional()
  @Matches(ACCOUNT_ID, { message: '$property must be the id of a main account' })
  @ApiPropertyOptional({
    description: "The one main account of a customer's key. Needed with `customer`, refused without.",
    example: 'acme',
    type: 'string',
    pattern: ACCOUNT_ID.source,
  })
  /** JSON's null passes for left out. */
  readonly mainAccountId?: string | null;
}
