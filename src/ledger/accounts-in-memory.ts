import { StoreUnavailable } from '../event-store/errors.js';
import { AccountWriter, type Collaborators } from './account-writer.js';
import { AccountsAtRest } from './accounts-at-rest.js';
import { turnAway, type Asked } from './asked.js';

/** Calls that do not wait for the turn to end: the disk works on them while the rest of the requests are read. */
const WORTH_A_STEP = 32;

/** The accounts in memory, busy or at rest, each with its one writer; lets the busy ones take their steps together. */
export class AccountsInMemory {
  private readonly shared: Collaborators;
  private readonly busy = new Map<string, AccountWriter>();
  private readonly atRest = new AccountsAtRest();
  /** Writers that have something to do at the end of this turn of the event loop. */
  private readonly due = new Set<AccountWriter>();
  /** How often a writer has asked for its step since the last one. */
  private calls = 0;
  private turn: NodeJS.Immediate | undefined;
  private drained: (() => void)[] = [];
  private makingRoom = false;

  constructor(through: Omit<Collaborators, 'wake'>) {
    this.shared = { ...through, wake: (writer) => this.wake(writer) };
  }

  /** Commands on their way, over all accounts. */
  get depth(): number {
    let depth = 0;
    for (const writer of this.busy.values()) depth += writer.depth;
    return depth;
  }

  /** Gives orders that stand or fall together to the writer of their account; see `AccountWriter.submit`. */
  submit(mainAccountId: string, asked: readonly Asked[], broken = false): void {
    let writer = this.busy.get(mainAccountId);
    if (!writer) {
      writer = this.atRest.take(mainAccountId);
      if (!writer && this.atRest.full) {
        void this.makeRoom();
        return turnAway(asked, new StoreUnavailable('too many appends to other accounts are in doubt'));
      }
      // One is never evicted while it is busy: two writers of one account would race each other.
      writer ??= new AccountWriter(mainAccountId, this.shared);
      this.busy.set(mainAccountId, writer);
    }
    writer.submit(asked, broken);
  }

  /** Resolves when no command is on its way. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.busy.size === 0) resolve();
      else this.drained.push(resolve);
    });
  }

  /** Settles what is in doubt, one account after the other, until others have room or one stays in doubt. */
  private async makeRoom(): Promise<void> {
    if (this.makingRoom) return;
    this.makingRoom = true;
    let settled = true;
    while (settled && this.atRest.full) {
      const writer = this.atRest.takeInDoubt()!;
      this.busy.set(writer.mainAccountId, writer);
      await writer.settle();
      settled = !writer.inDoubt;
    }
    this.makingRoom = false;
  }

  private wake(writer: AccountWriter): void {
    this.due.add(writer);
    this.calls += 1;
    if (this.calls === 1) this.turn = setImmediate(() => this.advance());
    if (this.calls === WORTH_A_STEP) queueMicrotask(() => this.advance());
  }

  /**
   * Lets the writers do what they have to do, what came in during this turn of the event loop in one go: the index
   * is asked for all keys as of one moment, and the appends of all accounts reach the store together.
   */
  private advance(): void {
    clearImmediate(this.turn);
    this.calls = 0;
    const writers = [...this.due];
    this.due.clear();
    const { index, store } = this.shared;
    index.atOnce(() =>
      store.atOnce(() => {
        for (const writer of writers) writer.advance();
      }),
    );
    for (const writer of writers) if (writer.idle) this.rest(writer);
    this.atRest.prune();
  }

  private rest(writer: AccountWriter): void {
    if (!this.busy.delete(writer.mainAccountId)) return;
    this.atRest.add(writer);
    if (this.busy.size === 0) for (const resolve of this.drained.splice(0)) resolve();
  }
}
