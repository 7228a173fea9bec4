import { isTombstone, type RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import type { Movement } from './balances.js';
import { addMisplaced, addTombstone, ChainAudit } from './chain.js';
import { EventAudit, type AccountNames, type EventRead } from './event-audit.js';
import type { ReadEvent } from './event-form.js';
import { escaped } from './event-hash.js';
import { Findings } from './findings.js';
import { KeyDigests } from './key-digests.js';
import { ownText } from './own-text.js';
import type { Stretch, StretchSeen } from './stretch.js';
import { StretchNotes, type Run } from './stretch-notes.js';

type GrowingRun = Run & { hash: string };

interface SeenAccount extends AccountNames {
  readonly number: number;
  /** The numbers of its SIP accounts' names. */
  readonly sips: Map<string, number>;
  /** In the stretch that is looked at. */
  run: GrowingRun | undefined;
}

interface SeenEvent {
  readonly event: RecordedEvent;
  /** None where the event is none of the ledger's. */
  readonly account: SeenAccount | undefined;
  /** Of a tombstone nothing can be read. */
  readonly read: EventRead | undefined;
}

/** Checks all of a stretch of the log that does not depend on what is ahead of it; one stretch after the other. */
export class StretchAudit {
  private readonly accounts = new Map<string, SeenAccount>();
  private names = 0;
  /** Those with events in the stretch. */
  private touched: SeenAccount[] = [];
  private findings = new Findings();
  private readonly keys = new KeyDigests();
  private events = new EventAudit(this.findings, this.keys);
  private chain: ChainAudit;
  private readonly notes = new StretchNotes();

  /** @param mostNumbers accounts and names that it keeps from one stretch to the next, at most */
  constructor(
    private readonly clockTolerance: number,
    private readonly mostNumbers = 100_000,
  ) {
    this.chain = new ChainAudit(this.findings, clockTolerance);
  }

  /** @param pages of the stretch */
  async look({ after }: Stretch, pages: AsyncIterable<readonly RecordedEvent[]>): Promise<StretchSeen> {
    const anew = this.begin();
    let events = 0;
    let last = after;
    for await (const page of pages)
      for (const { event, account, read } of page.map((each) => this.seen(each))) {
        events += 1;
        if (event.position <= last) addMisplaced(this.findings, event);
        last = event.position;
        if (!account) continue;
        if (read) this.check(event, account, read);
        else this.noteTombstone(event, account);
      }
    for (const account of this.touched) account.run = undefined;
    this.touched = [];
    const { list: findings, unlisted } = this.findings;
    return { ...this.notes.told(), anew, events, findings, unlisted };
  }

  /** @returns whether the numbers begin anew */
  private begin(): boolean {
    this.findings = new Findings();
    this.events = new EventAudit(this.findings, this.keys);
    this.chain = new ChainAudit(this.findings, this.clockTolerance);
    const anew = this.accounts.size + this.names > this.mostNumbers;
    if (anew) {
      this.accounts.clear();
      this.names = 0;
    }
    return anew;
  }

  /** All events of a page are seen before one of them is checked. */
  private seen(event: RecordedEvent): SeenEvent {
    const account = this.accounts.get(event.stream) ?? this.met(event.stream);
    const read = account && !isTombstone(event) ? this.events.read(event, account) : undefined;
    return { event, account, read };
  }

  private met(stream: string): SeenAccount | undefined {
    const mainAccountId = mainAccountIdOf(stream);
    if (mainAccountId === undefined) return undefined;
    const [number, streamText] = [this.accounts.size, escaped(stream)];
    const account = { mainAccountId, streamText, number, sips: new Map<string, number>(), run: undefined };
    this.accounts.set(stream, account);
    this.notes.streams.push(stream);
    return account;
  }

  private check(event: RecordedEvent, account: SeenAccount, read: EventRead): void {
    const { run } = account;
    if (run) this.chain.revision(event, run.revision);
    const hash = this.events.check(event, account, read);
    this.notes.hash(hash);
    const said = read.digest && read.said;
    if (said) {
      const { movement } = said;
      this.notes.movement(read.digest, account.number, movement, this.nameOf(movement, account));
    }
    if (run) this.goOn(event, run, hash, said);
    else account.run = this.begun(event, account, hash, said);
  }

  /** Begins a run. @returns none where its form is too bad for others to follow */
  private begun(
    event: RecordedEvent,
    account: SeenAccount,
    hash: string,
    said: ReadEvent | undefined,
  ): GrowingRun | undefined {
    const run = runOf(event, account.number, hash, said);
    this.notes.runs.push(run);
    if (!said) return undefined;
    this.touched.push(account);
    return run;
  }

  /** Of what is found of an account's revisions, that of the first event comes first. */
  private noteTombstone(event: RecordedEvent, account: SeenAccount): void {
    if (account.run) addTombstone(this.findings, event);
    else this.notes.runs.push(runOf(event, account.number, null, undefined));
  }

  private goOn(event: RecordedEvent, run: GrowingRun, hash: string, said: ReadEvent | undefined): void {
    if (said) {
      const { previousHash, recordedAt } = said.metadata;
      this.chain.link(event, previousHash, run.hash);
      this.chain.time(event, recordedAt, run.time ?? '');
      run.time = recordedAt;
    }
    run.revision = event.revision;
    run.hash = hash;
  }

  /** The number of what it names; 0 where it names nothing. */
  private nameOf(movement: Movement, { sips }: SeenAccount): number {
    if (movement.type === 'CreditPurchased') return 0;
    if (movement.type === 'MainAccountOpened') return this.named(movement.currency);
    let number = sips.get(movement.sipAccountId);
    if (number === undefined)
      sips.set(ownText(movement.sipAccountId), (number = this.named(movement.sipAccountId)));
    return number;
  }

  private named(name: string): number {
    this.notes.names.push(ownText(name));
    return this.names++;
  }
}

function runOf<Hash extends string | null>(
  { revision, id }: RecordedEvent,
  account: number,
  hash: Hash,
  said: ReadEvent | undefined,
): Run & { hash: Hash } {
  const { previousHash = null, recordedAt: time = null } = said?.metadata ?? {};
  return { account, first: { revision, id }, previousHash, firstTime: time, revision, hash, time };
}
