/** Every reason for which the ledger refuses a command. Part of the API: a code is never renamed. */
export type RefusalCode =
  | 'invalid-request'
  | 'amount-not-positive'
  | 'amount-too-precise'
  | 'amount-too-large'
  | 'balance-limit-exceeded'
  | 'sip-account-limit-reached'
  | 'main-account-not-found'
  | 'main-account-already-open'
  | 'sip-account-not-found'
  | 'sip-account-already-added'
  | 'insufficient-credit'
  | 'no-credit-to-reclaim'
  | 'amount-changed'
  | 'idempotency-key-reused'
  | 'command-not-found'
  | 'batch-not-booked'
  | 'batch-too-large';

/** A command that breaks a rule. It leaves no event and its idempotency key stays free. */
export abstract class Refusal extends Error {
  abstract readonly code: RefusalCode;
  /** Figures that help the caller, shown beside the message. */
  readonly figures: Readonly<Record<string, string | number>> = {};
}

export class AmountMalformed extends Refusal {
  readonly code = 'invalid-request';
  constructor(text: string) {
    super(`${quote(text)} is not an amount in plain decimal notation, such as "12.2109"`);
  }
}

export class AmountNotPositive extends Refusal {
  readonly code = 'amount-not-positive';
  constructor(text: string) {
    super(`${quote(text)} is not above zero`);
  }
}

export class AmountTooPrecise extends Refusal {
  readonly code = 'amount-too-precise';
  constructor(text: string) {
    super(`${quote(text)} has more than 4 decimals`);
  }
}

export class AmountTooLarge extends Refusal {
  readonly code = 'amount-too-large';
  constructor(text: string) {
    super(`${quote(text)} is above 999999999999.9999`);
  }
}

export class ReferenceNotPlain extends Refusal {
  readonly code = 'invalid-request';
  constructor() {
    super(
      'reference must be 1 to 140 characters, none of them a control character or one that turns the direction of text',
    );
  }
}

export class BalanceLimitExceeded extends Refusal {
  readonly code = 'balance-limit-exceeded';
  override readonly figures: { available: string };
  constructor(account: string, available: string) {
    super(`The balance of ${account} would rise above 999999999999.9999`);
    this.figures = { available };
  }
}

export class SipAccountLimitReached extends Refusal {
  readonly code = 'sip-account-limit-reached';
  override readonly figures: { limit: number };
  constructor(limit: number) {
    super(`A main account has at most ${limit} SIP accounts`);
    this.figures = { limit };
  }
}

export class MainAccountNotFound extends Refusal {
  readonly code = 'main-account-not-found';
  /** @param when a point in the past, if it is about one: "at …" or "before …" */
  constructor(mainAccountId: string, when?: string) {
    super(
      when === undefined
        ? `There is no main account ${mainAccountId}`
        : `Main account ${mainAccountId} was not open ${when}`,
    );
  }
}

export class MainAccountAlreadyOpen extends Refusal {
  readonly code = 'main-account-already-open';
  constructor(mainAccountId: string) {
    super(`Main account ${mainAccountId} is already open`);
  }
}

export class SipAccountNotFound extends Refusal {
  readonly code = 'sip-account-not-found';
  /** @param when likewise */
  constructor(sipAccountId: string, when?: string) {
    super(
      when === undefined
        ? `The main account has no SIP account ${sipAccountId}`
        : `The main account had no SIP account ${sipAccountId} ${when}`,
    );
  }
}

export class SipAccountAlreadyAdded extends Refusal {
  readonly code = 'sip-account-already-added';
  constructor(sipAccountId: string) {
    super(`SIP account ${sipAccountId} has already been added`);
  }
}

export class InsufficientCredit extends Refusal {
  readonly code = 'insufficient-credit';
  override readonly figures: { available: string; requested: string };
  constructor(available: string, requested: string) {
    super(`The main account has ${available} available, not ${requested}`);
    this.figures = { available, requested };
  }
}

export class NoCreditToReclaim extends Refusal {
  readonly code = 'no-credit-to-reclaim';
  constructor(sipAccountId: string) {
    super(`SIP account ${sipAccountId} has no credit to reclaim`);
  }
}

export class AmountChanged extends Refusal {
  readonly code = 'amount-changed';
  override readonly figures: { available: string; expected: string };
  constructor(sipAccountId: string, available: string, expected: string) {
    super(`SIP account ${sipAccountId} has ${available}, not the expected ${expected}`);
    this.figures = { available, expected };
  }
}

export class IdempotencyKeyReused extends Refusal {
  readonly code = 'idempotency-key-reused';
  constructor(idempotencyKey: string) {
    super(`Idempotency key ${quote(idempotencyKey)} was already used for another command`);
  }
}

export class CommandNotFound extends Refusal {
  readonly code = 'command-not-found';
  constructor(idempotencyKey: string) {
    super(`No command was booked with idempotency key ${quote(idempotencyKey)}`);
  }
}

/** A command that would have been booked, had another one that stands or falls with it not been refused. */
export class BatchNotBooked extends Refusal {
  readonly code = 'batch-not-booked';
  constructor(mainAccountId: string) {
    super(`Another command of the batch was refused, so nothing of it was booked for ${mainAccountId}`);
  }
}

export class BatchTooLarge extends Refusal {
  readonly code = 'batch-too-large';
  override readonly figures: { limit: number };
  constructor(limit: number) {
    super(`At most ${limit} commands of one main account can be booked together`);
    this.figures = { limit };
  }
}

/** Shows what a caller sent, cut short so that a message stays a message. */
const quote = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
