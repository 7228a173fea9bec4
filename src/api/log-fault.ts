import type { Logger } from '@nestjs/common';
import type { ProblemCode } from './problems.js';

/** Tells operators of a fault on our side, with its stack where nobody has foreseen it. */
export function logFault(logger: Logger, error: unknown, code: ProblemCode, correlationId: string): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (code === 'internal-error') logger.error({ message, correlationId, stack });
  else logger.warn({ message: `${code}: ${message}`, correlationId });
}
