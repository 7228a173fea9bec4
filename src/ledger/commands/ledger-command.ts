import { Command } from '@nestjs/cqrs';
import type { Booking } from '../booking.js';
import type { Account } from '../domain/account.js';
import type { LedgerEvent } from '../domain/events.js';
import type { CommandContext } from './command-context.js';

interface OfMainAccount {
  readonly mainAccountId: string;
}

/** A command on its way to the one rule that decides it. */
export abstract class LedgerCommand<
  D extends OfMainAccount & Readonly<Partial<Record<keyof D, string>>> = OfMainAccount,
> extends Command<Booking> {
  /** Its name; part of the fingerprint, so never to be changed. */
  abstract readonly type: string;

  /** @param data the parsed command: ids and body, amounts canonical; texts only, see `canonicalJson` */
  constructor(
    readonly data: D,
    readonly context: CommandContext,
  ) {
    super();
  }

  /** The rule. Throws a refusal. */
  abstract decide(account: Account, data: D): LedgerEvent;
}
