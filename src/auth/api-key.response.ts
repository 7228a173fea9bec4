import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Role, ROLES } from './principal.js';

/** An API key as lists show it: without the key itself. */
export class ApiKeyResponse {
  @ApiProperty({ description: 'Names the key in lists, logs and events', example: '4f1c09ab77d2' })
  readonly id!: string;

  @ApiProperty({ example: 'invoice service' })
  readonly name!: string;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...ROLES] }, example: ['billing'] })
  readonly roles!: readonly Role[];

  @ApiPropertyOptional({ description: "The one main account of a customer's key", example: 'acme' })
  readonly mainAccountId?: string;

  @ApiProperty({ description: 'UTC, RFC 3339', example: '2026-11-22T17:52:04.000Z', format: 'date-time' })
  readonly createdAt!: string;
}

/** A key that was just made. */
export class CreatedApiKeyResponse extends ApiKeyResponse {
  @ApiProperty({
    description: 'The key. It is shown this once and cannot be read back.',
    example: 'ledger_4f1c09ab77d2_x2Yp0m3nqV1o8JcS5uWdT7rB9aKfE4hLgZ6iQvNtXyU',
  })
  readonly key!: string;
}

export class ApiKeyListResponse {
  @ApiProperty({ description: 'Oldest first', type: [ApiKeyResponse] })
  readonly apiKeys!: readonly ApiKeyResponse[];
}
