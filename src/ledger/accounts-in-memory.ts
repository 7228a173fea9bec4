import { StoreUnavailable } from '../event-store/errors.js';
import { AccountWriter, type Collaborators } from './account-writer.js';
import { AccountsAtRest, HeldAccount } from './accounts-at-rest.js';
import { turnAway, type Asked } from './asked.js';

/** Calls that do not wait for the turn to end: the disk works on them while the rest of the requests are read. */
const WORTH_A_STEP = 32;

/** The accounts in memory, busy or at rest, each with its one writer; lets the busy ones take their steps together. */
export class AccountsInMemory {
  private readonly accounts = new Map<string, HeldAccount>();
  private readonly atRest = new AccountsAtRest(({ writer }) => this.accounts.delete(writer.mainAccountId));
  /** Those that have something to do at the end of this turn of the event loop. */
  private due: HeldAccount[] = [];
  /** How often a writer has asked for its step since the last one. */
  private calls = 0;
  private turn: NodeJS.Immediate | undefined;
  private drained: (() => void)[] = [];
  private makingRoom = false;

  constructor(private readonly through: Collaborators) {}

  private get busy(): number {
    return this.accounts.size - this.atRest.size;
  }

  /** Commands on their way, over all accounts. */
  get depth(): number {
    let depth = 0;
    for (const { writer } of this.accounts.values()) depth += writer.depth;
    return depth;
  }

  /** Gives orders that stand or fall together to the writer of their account; see `AccountWriter.submit`. */
  submit(mainAccountId: string, asked: readonly Asked[], broken = false): void {
    let account = this.accounts.get(mainAccountId);
    if (account) this.atRest.take(account);
    else if (this.atRest.full) {
      void this.makeRoom();
      return turnAway(asked, new StoreUnavailable('too many appends to other accounts are in doubt'));
    } else account = this.begin(mainAccountId);
    account.writer.submit(asked, broken);
  }

  /** Resolves when no command is on its way. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.busy === 0) resolve();
      else this.drained.push(resolve);
    });
  }

  /** One is never forgotten while it is busy: two writers of one account would race each other. */
  private begin(mainAccountId: string): HeldAccount {
    const writer = new AccountWriter(mainAccountId, this.through, () => this.wake(account));
    const account = new HeldAccount(writer);
    this.accounts.set(mainAccountId, account);
    return account;
  }

  /** Settles what is in doubt, one account after the other, until others have room or one stays in doubt. */
  private async makeRoom(): Promise<void> {
    if (this.makingRoom) return;
    this.makingRoom = true;
    let settled = true;
    while (settled && this.atRest.full) {
      const { writer } = this.atRest.takeInDoubt()!;
      await writer.settle();
      settled = !writer.inDoubt;
    }
    this.makingRoom = false;
  }

  private wake(account: HeldAccount): void {
    if (!account.isDue) this.due.push(account);
    account.isDue = true;
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
    const accounts = this.due;
    this.due = [];
    for (const account of accounts) account.isDue = false;
    const { index, store } = this.through;
    index.atOnce(() =>
      store.atOnce(() => {
        for (const { writer } of accounts) writer.advance();
      }),
    );
    for (const account of accounts) if (account.writer.idle) this.rest(account);
    this.atRest.prune();
  }

  private rest(account: HeldAccount): void {
    if (account.isAtRest) return;
    this.atRest.add(account);
    if (this.busy === 0) for (const resolve of this.drained.splice(0)) resolve();
  }
}
