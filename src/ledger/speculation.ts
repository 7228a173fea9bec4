import type { NewEvent } from '../event-store/event-store.js';
import type { LoadedAccount } from './account-loader.js';
import type { AccountsIndex, KnownCommand } from './accounts-index.js';
import type { Order } from './booking.js';
import { evolve } from './domain/account.js';
import { BatchNotBooked, CommandNotFound, IdempotencyKeyReused, Refusal } from './domain/errors.js';
import { receiptText } from './domain/receipt.js';
import type { HeldCommand, HeldCommands } from './held-commands.js';
import { Savepoint } from './savepoint.js';
import { seal } from './seal.js';

/** What is held of a SIP account, and of a command with its receipt. Measured, as is the account itself. */
const [SIP_ACCOUNT_BYTES, COMMAND_BYTES] = [300, 600];

export interface BookedDecision {
  readonly kind: 'booked';
  readonly event: NewEvent;
  readonly known: HeldCommand;
  readonly receipt: string;
}

export type Decision =
  | BookedDecision
  | { readonly kind: 'replayed'; readonly known: KnownCommand; readonly receipt: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** An account as it will be once all that was decided on it is durable. Dropped whole when an append fails. */
export class Speculation {
  /** The last command that was booked; one that was undone never gets a position. */
  private newest: HeldCommand | undefined;

  constructor(
    private readonly loaded: LoadedAccount,
    private readonly index: AccountsIndex,
    private readonly held: HeldCommands,
    private readonly now: () => Date,
  ) {}

  /** Revision of the last event, decided or durable; -1 when there is none. */
  get revision(): number {
    return this.loaded.head.revision;
  }

  /** Roughly how much memory it takes. */
  get bytes(): number {
    return SIP_ACCOUNT_BYTES * this.loaded.account.sipAccounts.size + COMMAND_BYTES * this.loaded.tail.size;
  }

  /**
   * Decides orders that stand or fall together, and goes on from what it decided. Each is decided as if the
   * refused ones before it were not there; if there are any, nothing is booked. What was booked earlier still was.
   * @param broken whether one that stands or falls with them could not be read: that is as if it were refused
   * @throws what the index throws, and nothing is changed
   */
  decide(orders: readonly Order[], broken = false): readonly Decision[] {
    // One that is refused, or cannot be decided, has changed nothing; those ahead of it have.
    const savepoint = orders.length > 1 || broken ? new Savepoint(this.loaded) : undefined;
    const decisions = this.decideEach(orders, savepoint);
    const none = broken || decisions.some(({ kind }) => kind === 'refused');
    if (!savepoint || !none) return decisions;
    savepoint.goBack();
    const undone = new Set<KnownCommand>(
      decisions.flatMap((each) => (each.kind === 'booked' ? each.known : [])),
    );
    const refusal = new BatchNotBooked(this.loaded.account.mainAccountId);
    return decisions.map((each) =>
      each.kind !== 'refused' && undone.has(each.known) ? { kind: 'refused', refusal } : each,
    );
  }

  /** Forgets the keys that the index has by now. @returns whether that is all of them */
  prune(): boolean {
    const { tail } = this.loaded;
    const indexed = this.index.position;
    // Emptied one by one, a map takes its room anew among the old objects.
    if (this.newest && this.newest.position <= indexed && tail.size > 0) this.loaded.tail = new Map();
    for (const [key, known] of tail) {
      if (known.position > indexed) break;
      this.held.forget(known);
      if (tail === this.loaded.tail) tail.delete(key);
    }
    return this.loaded.tail.size === 0;
  }

  private decideEach(orders: readonly Order[], savepoint: Savepoint | undefined): readonly Decision[] {
    try {
      return orders.map((order) => this.decideOne(order, savepoint));
    } catch (error) {
      savepoint?.goBack();
      throw error;
    }
  }

  /** A known key comes before every rule. */
  private decideOne(order: Order, savepoint: Savepoint | undefined): Decision {
    try {
      const known = this.find(order.idempotencyKey);
      if (!known) return this.book(order, savepoint);
      const fingerprint = order.command?.provenance.fingerprint ?? known.fingerprint;
      if (fingerprint !== known.fingerprint) throw new IdempotencyKeyReused(order.idempotencyKey);
      return { kind: 'replayed', known, receipt: known.receipt };
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', refusal: error };
      throw error;
    }
  }

  private find(idempotencyKey: string): KnownCommand | undefined {
    const { loaded, index } = this;
    return loaded.tail.get(idempotencyKey) ?? index.command(loaded.account.mainAccountId, idempotencyKey);
  }

  private book({ idempotencyKey, command }: Order, savepoint: Savepoint | undefined): Decision {
    if (!command) throw new CommandNotFound(idempotencyKey);
    const { account, head, tail } = this.loaded;
    const { mainAccountId } = account;
    const { provenance } = command;
    const decision = command.decide(account);
    const { event, head: next } = seal(mainAccountId, head, decision, provenance, this.now());
    savepoint?.note(decision, idempotencyKey);
    evolve(account, decision);
    this.loaded.head = next;
    const booked = { eventId: event.id, revision: next.revision, recordedAt: next.recordedAt };
    const receipt = receiptText(decision, booked, account);
    const known = this.held.hold(provenance.fingerprint, receipt);
    tail.set(idempotencyKey, known);
    this.newest = known;
    return { kind: 'booked', event, known, receipt };
  }
}
