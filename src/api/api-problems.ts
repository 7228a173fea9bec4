import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemBody } from './problem-body.js';
import { PROBLEMS, type ProblemCode } from './problems.js';
import { ProblemResponse } from './responses/problem.js';

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

/** On every answer. */
export const CORRELATION_HEADER = {
  'X-Correlation-Id': header('Joins the answer to the logs and to the events', 'order-4711'),
};

const HEADERS_OF_STATUS: Readonly<Record<number, Record<string, ReturnType<typeof header>>>> = {
  401: { 'WWW-Authenticate': header('How to authenticate', 'Bearer') },
  429: { 'Retry-After': header('Seconds to wait', '1') },
  503: { 'Retry-After': header('Seconds to wait', '1') },
};

/** Documents the problems that a route may answer: an entry a status, an example a code. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  const responses = [...statuses].map((status) => {
    const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
    return ApiResponse({
      status,
      description: ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].meaning}`).join('\n\n'),
      headers: { ...CORRELATION_HEADER, ...HEADERS_OF_STATUS[status] },
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
