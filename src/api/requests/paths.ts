import { IsIdempotencyKey, IsMainAccountId, IsSipAccountId } from './ids.js';

export class MainAccountPath {
  @IsMainAccountId()
  readonly mainAccountId!: string;
}

export class SipAccountPath extends MainAccountPath {
  @IsSipAccountId()
  readonly sipAccountId!: string;
}

export class CommandPath extends MainAccountPath {
  @IsIdempotencyKey('The key that the command was sent with, percent-encoded')
  readonly idempotencyKey!: string;
}
