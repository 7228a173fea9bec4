import { applyDecorators, type Type } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from './api-problems.js';
import { POSITION } from './headers.js';
import type { ProblemCode } from './problems.js';

export const ApiAtLeast = (): MethodDecorator =>
  ApiHeader({
    name: 'Ledger-At-Least',
    description:
      'A position from `Ledger-Position`: the answer is not from before it. If the read models do not get there in time, the answer is 503 `read-model-behind`.',
    schema: { type: 'string', pattern: POSITION.source, example: '1042' },
  });

/** Documents a query of the read models: its headers, its answer, and all it may be refused for. */
export function ApiReadModelQuery(
  summary: string,
  answer: Type,
  ...refusals: readonly ProblemCode[]
): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiAtLeast(),
    ApiOkResponse({ description: 'The answer', type: answer }),
    ApiProblems('invalid-request', ...refusals, 'store-unavailable', 'read-model-behind'),
  );
}
