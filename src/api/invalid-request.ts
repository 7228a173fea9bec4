/** What is wrong with one field of a request: of its body, path, query or headers. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A request that cannot be read as what it claims to be. Answered 400 `invalid-request`. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  constructor(
    message: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(message);
  }

  /** One field, one reason. */
  static field(field: string, message: string): InvalidRequest {
    return new InvalidRequest(message, [{ field, message }]);
  }
}

/** A command without its `Idempotency-Key` header. */
export class IdempotencyKeyMissing extends Error {
  override readonly name = 'IdempotencyKeyMissing';
  constructor() {
    super(
      'A command needs the header Idempotency-Key, so that it can be repeated without being booked twice',
    );
  }
}
