import { applyDecorators } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from './api-problems.js';
import { DirectRoute } from './direct-routes.js';
import { IDEMPOTENCY_KEY_SCHEMA } from './idempotency-key.js';
import type { ProblemCode } from './problems.js';
import { ReceiptResponse } from './responses/receipt.js';

export const POSITION_HEADER = {
  'Ledger-Position': {
    description:
      'Position in the log that the answer holds. Send it as `Ledger-At-Least` to see what you did.',
    schema: { type: 'string' as const, example: '1042' },
  },
};

/** Documents a command: its headers, its receipt, and all it may be refused for. */
export function ApiCommand(summary: string, ...refusals: readonly ProblemCode[]): MethodDecorator {
  return applyDecorators(
    DirectRoute(),
    ApiOperation({ summary }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'Makes the command safe to repeat: one key is one booking of the main account, for ever. 1 to 255 visible ASCII characters.',
      schema: IDEMPOTENCY_KEY_SCHEMA,
    }),
    ApiCreatedResponse({
      description: 'Booked, now or by an earlier request with the same key: the receipt.',
      type: ReceiptResponse,
      headers: {
        ...POSITION_HEADER,
        'Idempotent-Replayed': {
          description: 'Present when the key was known: nothing was booked now, this is the first receipt.',
          schema: { type: 'string', enum: ['true'] },
        },
      },
    }),
    ApiProblems(
      'invalid-request',
      'idempotency-key-missing',
      ...refusals,
      'payload-too-large',
      'unsupported-media-type',
      'idempotency-key-reused',
      'store-unavailable',
      'outcome-unknown',
    ),
  );
}
