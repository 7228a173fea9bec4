import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { correlationIdOf } from './headers.js';
import { logFault } from './log-fault.js';
import { problemOf, type Problem } from './problem-of.js';
import { PROBLEMS } from './problems.js';
import { sendProblem } from './send-problem.js';

/** Answers every error as a problem document. What is our own fault goes to the log, not to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Api');

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.getArgByIndex<FastifyRequest>(0), host.getArgByIndex<FastifyReply>(1));
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // The client has gone: that is no fault of ours, and the line of the request tells of it.
    if (request.raw.destroyed && (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET') return;
    const problem = problemOf(error) ?? unexpected(request);
    const correlationId = correlationIdOf(request);
    if (PROBLEMS[problem.code].status >= 500) logFault(this.logger, error, problem.code, correlationId);
    // A stream of events that has begun cannot become a problem any more.
    if (!reply.sent && !reply.raw.headersSent) sendProblem(request, reply, problem, correlationId);
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
