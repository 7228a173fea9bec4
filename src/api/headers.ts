import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/decorators.js';
import type { CommandContext } from '../ledger/commands/command-context.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { InvalidRequest } from './invalid-request.js';

const CORRELATION_ID = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;
/** A position of the log on the wire: what `Ledger-Position` holds. */
export const POSITION = /^(0|[1-9][0-9]{0,18})$/;

/** The caller's `X-Correlation-Id`, or the request's own id when there is none that can be kept. */
export function correlationIdOf({ headers, id }: Pick<FastifyRequest, 'headers' | 'id'>): string {
  const header = headers['x-correlation-id'];
  return typeof header === 'string' && CORRELATION_ID.test(header) ? header : id;
}

/** What every answer says of itself. @param ofApi what the API says is not to be kept by anybody on the way */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply, ofApi = true): void {
  reply.header('x-correlation-id', correlationIdOf(request)).header('x-content-type-options', 'nosniff');
  if (ofApi) reply.header('cache-control', 'no-store');
}

/**
 * The context of a command: its key, who sends it, and what it belongs to.
 * Throws IdempotencyKeyMissing, InvalidRequest.
 */
export const Context = createParamDecorator((_: unknown, execution: ExecutionContext): CommandContext => {
  const request = execution.switchToHttp().getRequest<AuthenticatedRequest>();
  return {
    idempotencyKey: readIdempotencyKey(request.headers['idempotency-key']),
    actor: request.principal.id,
    correlationId: correlationIdOf(request),
    causationId: request.id,
  };
});

/** The position that an answer must not be from before, by `Ledger-At-Least`. Throws InvalidRequest. */
export const AtLeast = createParamDecorator((_: unknown, execution: ExecutionContext): bigint | undefined => {
  const header = execution.switchToHttp().getRequest<FastifyRequest>().headers['ledger-at-least'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && POSITION.test(header)) return BigInt(header);
  throw InvalidRequest.field('Ledger-At-Least', 'Ledger-At-Least must be a position from Ledger-Position');
});

/** Whether the request says that it came through a proxy. */
export const cameThroughProxy = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  ['x-forwarded-for', 'forwarded', 'via'].some((name) => headers[name] !== undefined);
