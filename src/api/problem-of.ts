import { HttpException } from '@nestjs/common';
import { HistoryRewritten } from '../audit/checkpoints.js';
import { IssuerUnavailable } from '../auth/tokens.js';
import { OutcomeUnknown, StoreUnavailable, StreamDamaged } from '../event-store/errors.js';
import { CannotWrite } from '../files/small-file.js';
import { AmountMalformed, ReferenceNotPlain, Refusal } from '../ledger/domain/errors.js';
import { InvalidCursor, NotInReadModel, PositionInFuture, ReadModelBehind } from '../projections/errors.js';
import { PeriodReversed } from '../projections/history/get-statement.js';
import { PointInFuture } from '../projections/history/point-in-time.js';
import { type FieldError, IdempotencyKeyMissing, InvalidRequest } from './invalid-request.js';
import { BODY_LIMIT } from './json-body.js';
import type { ProblemCode } from './problems.js';

/** What an answer says about an error, beside what every problem of its code says. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Further members: the wrong fields, the figures of a refusal. */
  readonly members?: Readonly<Record<string, unknown>>;
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
};

/** Translates an error to a problem; undefined for one that nobody foresaw. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof AmountMalformed) return invalidField('amount', error.message);
  if (error instanceof ReferenceNotPlain) return invalidField('reference', error.message);
  if (error instanceof Refusal) return { code: error.code, detail: error.message, members: error.figures };
  if (error instanceof InvalidRequest)
    return { code: 'invalid-request', detail: error.message, members: { errors: error.errors } };
  if (error instanceof IdempotencyKeyMissing)
    return { code: 'idempotency-key-missing', detail: error.message };
  if (error instanceof InvalidCursor) return invalidField('after', error.message);
  if (error instanceof PositionInFuture) return invalidField('Ledger-At-Least', error.message);
  if (error instanceof PointInFuture) return invalidField(error.field, error.message);
  if (error instanceof PeriodReversed) return invalidField('from', error.message);
  if (error instanceof NotInReadModel) return { code: 'not-found', detail: error.message };
  if (error instanceof HistoryRewritten) return { code: 'conflict', detail: error.message };
  if (error instanceof HttpException) return ofHttpException(error);
  return ofFault(error);
}

const invalidField = (field: string, message: string): Problem => ({
  code: 'invalid-request',
  detail: message,
  members: { errors: [{ field, message }] },
});

/** Errors of guards, of the router and of the body's reader. */
function ofHttpException(error: HttpException): Problem | undefined {
  const status = error.getStatus();
  if (status >= 500) return undefined;
  const code = CODE_OF_STATUS[status] ?? 'invalid-request';
  const { errors = [] } = Object(error.getResponse()) as { errors?: readonly FieldError[] };
  return { code, detail: detailOf(error), ...(code === 'invalid-request' && { members: { errors } }) };
}

function detailOf({ message, cause }: HttpException): string {
  const { code } = Object(cause) as { code?: unknown };
  return code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? `A body has at most ${BODY_LIMIT} bytes` : message;
}

/** What went wrong on our side. The messages of these errors are for operators. */
function ofFault(error: unknown): Problem | undefined {
  if (error instanceof ReadModelBehind) return { code: 'read-model-behind', detail: error.message };
  if (error instanceof IssuerUnavailable) return { code: 'issuer-unavailable', detail: error.message };
  if (error instanceof CannotWrite) return { code: 'store-unavailable', detail: stateAfter(error) };
  if (error instanceof StreamDamaged)
    return {
      code: 'store-unavailable',
      detail:
        'Stored events were deleted, hidden or changed: this cannot be done until an operator has seen to it. Nothing was booked by this attempt',
    };
  if (error instanceof StoreUnavailable)
    return {
      code: 'store-unavailable',
      detail:
        'The store cannot do this now, and nothing was booked by this attempt. Repeat it later with the same Idempotency-Key',
    };
  if (error instanceof OutcomeUnknown)
    return {
      code: 'outcome-unknown',
      detail:
        'It is not known whether this was booked. Repeat it with the same Idempotency-Key: it is booked once at most',
    };
  return undefined;
}

function stateAfter({ diskIsFull, replaced }: CannotWrite): string {
  if (replaced)
    return 'This was written, but may not outlast a power cut, and does not count before a restart. Send it again. The log says why';
  return diskIsFull
    ? 'The disk is full, so all is as it was. Free some space, and send this again'
    : 'A file of the service cannot be written, so all is as it was. The log says why';
}
