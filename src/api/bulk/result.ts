import type { Outcome } from '../../ledger/booking.js';
import { problemOf, type Problem } from '../problem-of.js';
import { problemDocument } from '../send-problem.js';

/** What became of a line, as a line. The receipt is the text that was kept, byte for byte. */
export function resultText(line: number, outcome: Outcome, correlationId: string): string {
  if (outcome.status === 'fulfilled') {
    const { replayed, position, receipt } = outcome.value;
    return `{"line":${line},"status":201,"replayed":${replayed},"position":"${position}","receipt":${receipt}}\n`;
  }
  const problem = problemDocument(problemOfLine(outcome.reason), correlationId);
  return `${JSON.stringify({ line, status: problem.status, problem })}\n`;
}

/** Of a fault that nobody foresaw it is not known what it left behind (promise 9). */
export const problemOfLine = (error: unknown): Problem =>
  problemOf(error) ?? {
    code: 'internal-error',
    detail:
      'An unexpected error occurred, and it is not known whether this was booked. Repeat it with the same idempotencyKey',
  };
