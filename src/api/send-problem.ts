import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from './problem-of.js';
import { problemBody } from './problem-body.js';
import type { ProblemCode } from './problems.js';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Shows a problem as a page instead, where a person looks at it. The pages offer it.
     * @returns whether they do, and there is nothing more to answer
     */
    showProblem?(request: FastifyRequest, reply: FastifyReply, status: number): boolean;
  }
}

const HEADERS: Partial<Record<ProblemCode, readonly [string, string]>> = {
  unauthenticated: ['WWW-Authenticate', 'Bearer'],
  'too-many-requests': ['Retry-After', '1'],
  'issuer-unavailable': ['Retry-After', '5'],
  'store-unavailable': ['Retry-After', '1'],
  'outcome-unknown': ['Retry-After', '1'],
  'read-model-behind': ['Retry-After', '1'],
};

/** A problem document (RFC 9457). */
export const problemDocument = ({ code, detail, members }: Problem, correlationId: string) => ({
  ...problemBody(code),
  detail,
  ...members,
  correlationId,
});

/** Answers with a problem document, or to a browser with a page. Headers that are already set stay. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  correlationId: string,
): void {
  const [name, value] = HEADERS[problem.code] ?? [];
  if (name && !reply.hasHeader(name)) reply.header(name, value);
  const document = problemDocument(problem, correlationId);
  reply.header('X-Correlation-Id', correlationId);
  if (reply.server.showProblem?.(request, reply, document.status)) return;
  void reply
    .status(document.status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(document));
}
