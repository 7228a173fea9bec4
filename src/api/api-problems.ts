import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemBody } from './problem-body.js';
import { PROBLEMS, type ProblemCode } from './problems.js';
import { ProblemResponse } from './responses/problem.js';

/** What every route may answer that asks who is calling. */
export const OF_EVERY_ROUTE: readonly ProblemCode[] = [
  'unauthenticated',
  'forbidden',
  'too-many-requests',
  'internal-error',
  'issuer-unavailable',
];

/** Documents the problems that a route may answer beside those of every route: an entry a status, an example a code. */
export function ApiProblems(...others: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const codes = [...OF_EVERY_ROUTE, ...others];
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  const responses = [...statuses].map((status) => {
    const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
    return ApiResponse({
      status,
      description: ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].meaning}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { $ref: getSchemaPath(ProblemResponse) },
          examples: Object.fromEntries(ofStatus.map((code) => [code, { value: exampleOf(code) }])),
        },
      },
    });
  });
  return applyDecorators(ApiExtraModels(ProblemResponse), ...responses);
}

const exampleOf = (code: ProblemCode) => ({
  ...problemBody(code),
  ...PROBLEMS[code].example,
  correlationId: 'order-4711',
});
