import { ApiProperty } from '@nestjs/swagger';

const HASHES = {
  type: 'string',
  isArray: true,
  example: ['lyZ/9u2rFiAeh6vcnYzgSa2Pa/Ebz0qT/mS5eHm9yEg='],
} as const;
const NOTE = 'credit-ledger/4d1f8c36a7b2e950\n42\nKACTiCIkg+NHR/vddim+ezmNOY26AwhuEsnwjj3PbqQ=\n\n— …';

export class EventProofResponse {
  @ApiProperty({ example: 'mainAccount-acme' })
  readonly stream!: string;

  @ApiProperty({ type: 'integer', example: 3 })
  readonly revision!: number;

  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'CreditAllocated' })
  readonly type!: string;

  @ApiProperty({ description: 'As it is stored', type: 'object', additionalProperties: true })
  readonly data!: unknown;

  @ApiProperty({ description: 'As it is stored, with the hash', type: 'object', additionalProperties: true })
  readonly metadata!: unknown;

  @ApiProperty({ description: 'Place of the event in the tree, from 0', type: 'integer', example: 17 })
  readonly leafIndex!: number;

  @ApiProperty({ description: 'The signed tree head that the proof leads to', example: NOTE })
  readonly checkpoint!: string;

  @ApiProperty({ description: 'Audit path of RFC 6962, nearest first; base64', ...HASHES })
  readonly proof!: readonly string[];
}

export class ConsistencyProofResponse {
  @ApiProperty({ description: 'The signed tree head of the smaller size', example: NOTE })
  readonly older!: string;

  @ApiProperty({ description: 'The signed tree head of the larger size', example: NOTE })
  readonly checkpoint!: string;

  @ApiProperty({ description: 'Consistency proof of RFC 6962; base64', ...HASHES })
  readonly proof!: readonly string[];
}

export class CheckpointKeyResponse {
  @ApiProperty({ description: 'Public key in the signed-note format' })
  readonly verifierKey!: string;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({
    description: 'Null for the key in use',
    type: 'string',
    format: 'date-time',
    nullable: true,
  })
  readonly retiredAt!: string | null;

  @ApiProperty({
    description: 'A note that the key signed, naming the next one',
    type: 'string',
    nullable: true,
  })
  readonly successor!: string | null;
}

export class CheckpointKeysResponse {
  @ApiProperty({ description: 'Names the log', example: 'credit-ledger/4d1f8c36a7b2e950' })
  readonly origin!: string;

  @ApiProperty({ description: 'Oldest first; the last is in use', type: [CheckpointKeyResponse] })
  readonly keys!: readonly CheckpointKeyResponse[];
}
