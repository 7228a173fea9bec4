import { OutcomeUnknown, StoreUnavailable } from '../event-store/errors.js';
import {
  AmountChanged,
  AmountMalformed,
  BalanceLimitExceeded,
  IdempotencyKeyReused,
  InsufficientCredit,
  NoCreditToReclaim,
  ReferenceNotPlain,
  Refusal,
  SipAccountAlreadyAdded,
  SipAccountLimitReached,
} from '../ledger/domain/errors.js';
import type { Texts } from './texts/en.js';
import type { View } from './view.js';

/** Why a form was not booked, and how to say so. */
export interface FormProblem {
  readonly status: number;
  /** Said above the form. */
  readonly problem?: string;
  /** Said beside the field of the amount, of the reference, or of the id. */
  readonly amountProblem?: string;
  readonly referenceProblem?: string;
  readonly idProblem?: string;
  /** True when the form's key is spent, and the next try has to be a new command. */
  readonly keySpent?: true;
}

/**
 * What to say about an error beside the form that led to it.
 * @throws the error itself when it is no matter of the form
 */
export function formProblemOf(error: unknown, view: View, currency: string): FormProblem {
  const { problems, amountProblems } = view.t;
  if (error instanceof OutcomeUnknown) return { status: 503, problem: problems['outcome-unknown'] };
  if (error instanceof StoreUnavailable) return { status: 503, problem: problems.unavailable };
  if (error instanceof IdempotencyKeyReused)
    return { status: 409, problem: problems['key-reused'], keySpent: true };
  if (error instanceof AmountMalformed)
    return { status: 422, amountProblem: problems['amount-malformed'](currency) };
  if (error instanceof ReferenceNotPlain)
    return { status: 422, referenceProblem: view.t.purchase.referenceInvalid };
  if (error instanceof AmountChanged) {
    const was = view.money(error.figures.expected, currency);
    const is = view.money(error.figures.available, currency);
    return { status: 409, problem: view.t.remove.changed(was, is), keySpent: true };
  }
  // Somebody else was faster: the page itself says that there is nothing left.
  if (error instanceof NoCreditToReclaim) return { status: 409 };
  if (error instanceof InsufficientCredit) {
    const available = view.money(error.figures.available, currency);
    return { status: 422, amountProblem: problems['insufficient-credit'](available) };
  }
  if (error instanceof BalanceLimitExceeded)
    return { status: 422, amountProblem: problems['balance-limit-exceeded'] };
  if (error instanceof SipAccountAlreadyAdded)
    return { status: 422, idProblem: problems['sip-account-already-added'] };
  if (error instanceof SipAccountLimitReached)
    return { status: 422, problem: problems['sip-account-limit-reached'] };
  if (error instanceof Refusal && isAmountProblem(error.code, amountProblems))
    return { status: 422, amountProblem: amountProblems[error.code] };
  throw error;
}

const isAmountProblem = (
  code: string,
  texts: Texts['amountProblems'],
): code is keyof Texts['amountProblems'] => code in texts;
