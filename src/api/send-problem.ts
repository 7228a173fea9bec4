import type { FastifyReply } from 'fastify';
import type { Problem } from './problem-of.js';
import { problemBody, type ProblemCode } from './problems.js';

const HEADERS: Partial<Record<ProblemCode, readonly [string, string]>> = {
  unauthenticated: ['WWW-Authenticate', 'Bearer'],
  'too-many-requests': ['Retry-After', '1'],
  'issuer-unavailable': ['Retry-After', '5'],
  'store-unavailable': ['Retry-After', '1'],
  'outcome-unknown': ['Retry-After', '1'],
  'read-model-behind': ['Retry-After', '1'],
};

/** Answers with a problem document (RFC 9457). Headers that are already set stay. */
export function sendProblem(
  reply: FastifyReply,
  { code, detail, members }: Problem,
  correlationId: string,
): void {
  const [name, value] = HEADERS[code] ?? [];
  if (name && !reply.hasHeader(name)) reply.header(name, value);
  const common = problemBody(code);
  void reply
    .status(common.status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .header('X-Correlation-Id', correlationId)
    .send(JSON.stringify({ ...common, detail, ...members, correlationId }));
}
