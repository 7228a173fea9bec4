import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { correlationIdOf } from './headers.js';
import { problemOf, type Problem } from './problem-of.js';
import { problemBody, type ProblemCode } from './problems.js';

const HEADERS: Partial<Record<ProblemCode, readonly [string, string]>> = {
  unauthenticated: ['WWW-Authenticate', 'Bearer'],
  'too-many-requests': ['Retry-After', '1'],
  'issuer-unavailable': ['Retry-After', '5'],
  'store-unavailable': ['Retry-After', '1'],
  'outcome-unknown': ['Retry-After', '1'],
  'read-model-behind': ['Retry-After', '1'],
};

/** Answers every error as a problem document (RFC 9457). Faults of our own go to the log, not to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Api');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error) ?? unexpected(request);
    const { code, detail, members } = problem;
    const common = problemBody(code);
    const correlationId = correlationIdOf(request);
    if (common.status >= 500) this.log(error, code, correlationId);
    if (reply.sent) return;
    const [name, value] = HEADERS[code] ?? [];
    if (name && !reply.hasHeader(name)) reply.header(name, value);
    void reply
      .status(common.status)
      .header('Content-Type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify({ ...common, detail, ...members, correlationId }));
  }

  private log(error: unknown, code: ProblemCode, correlationId: string): void {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    if (code === 'internal-error') this.logger.error({ message, correlationId, stack });
    else this.logger.warn({ message: `${code}: ${message}`, correlationId });
  }
}

/** A command may have been booked before whatever went wrong went wrong: its outcome is not known (promise 9). */
function unexpected({ headers }: FastifyRequest): Problem {
  const detail =
    headers['idempotency-key'] === undefined
      ? 'An unexpected error occurred'
      : 'An unexpected error occurred, and it is not known whether this was booked. Repeat it with the same Idempotency-Key';
  return { code: 'internal-error', detail };
}
