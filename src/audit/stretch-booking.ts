import { isTombstone, type RecordedEvent } from '../event-store/event-store.js';
import { EVENT_TYPES } from '../ledger/domain/events.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import type { AccountsAudit, AuditedAccount } from './accounts-audit.js';
import { book, sipOf, type Movement, type SipBalance } from './balances.js';
import { addTombstone } from './chain.js';
import type { Check, EventPlace } from './findings.js';
import { RUN_TEXTS, type Runs, type StretchSeen } from './stretch.js';

/** Something found of an event of which only the place in its stretch is known. */
interface Broken {
  readonly nth: number;
  readonly check: Check;
  readonly message: string;
}

type RunTexts = [string, string | null, string | null, string | null, string | null];

/** Puts what one thread has seen to what is known of the log ahead of that. */
export class StretchBooking {
  private streams: string[] = [];
  private names: string[] = [];
  private accounts: AuditedAccount[] = [];
  /** By the number of their names. */
  private sips: (SipBalance | undefined)[] = [];

  constructor(private readonly audited: AccountsAudit) {}

  /** @param readAgain the events of the stretch, to name those with which something is wrong */
  async book(seen: StretchSeen, readAgain: () => AsyncIterable<readonly RecordedEvent[]>): Promise<void> {
    const { findings, keys } = this.audited;
    if (seen.anew) [this.streams, this.names, this.accounts, this.sips] = [[], [], [], []];
    for (const stream of seen.streams) this.streams.push(stream);
    for (const name of seen.names) this.names.push(name);
    this.follow(seen.runs);
    findings.adopt(seen.findings, seen.unlisted);
    for (let n = 0; n < seen.digests.length; n += 2)
      keys.add({ first: seen.digests[n]!, second: seen.digests[n + 1]! });
    const broken = this.bookAll(seen);
    if (broken.length === 0) return;
    const events = await ledgersOf(readAgain());
    for (const { nth, check, message } of broken) findings.add(check, message, events[nth]);
  }

  private follow({ accounts, revisions, texts }: Runs): void {
    const { audited } = this;
    for (let n = 0; n < accounts.length; n++) {
      const number = accounts[n]!;
      const [id, previousHash, firstTime, hash, time] = texts.slice(
        RUN_TEXTS * n,
        RUN_TEXTS * (n + 1),
      ) as RunTexts;
      const event = { stream: this.streams[number]!, revision: revisions[2 * n]!, id };
      const account = (this.accounts[number] ??= audited.account(event)!);
      if (hash === null) {
        addTombstone(audited.findings, event);
        continue;
      }
      audited.chain.revision(event, account.revision);
      if (previousHash !== null) audited.chain.link(event, previousHash, account.hash);
      if (firstTime !== null) audited.chain.time(event, firstTime, account.recordedAt);
      account.revision = revisions[2 * n + 1]!;
      account.hash = hash;
      if (time !== null) account.recordedAt = time;
    }
  }

  private bookAll({ movements: { nths, accounts, types, names, units } }: StretchSeen): readonly Broken[] {
    const broken: Broken[] = [];
    for (let n = 0; n < nths.length; n++) {
      const { balances } = this.accounts[accounts[n]!]!;
      const [type, name] = [EVENT_TYPES[types[n]!]!, names[n]!];
      const movement = this.movement(type, name, units[n]!);
      const sip =
        'sipAccountId' in movement ? (this.sips[name] ??= sipOf(balances, movement.sipAccountId)) : undefined;
      book(balances, movement, (check, message) => broken.push({ nth: nths[n]!, check, message }), sip);
    }
    return broken;
  }

  private movement(type: Movement['type'], name: number, units: bigint): Movement {
    switch (type) {
      case 'MainAccountOpened':
        return { type, currency: this.names[name]! };
      case 'CreditPurchased':
        return { type, units, reference: '' };
      case 'SipAccountAdded':
        return { type, sipAccountId: this.names[name]! };
      case 'CreditAllocated':
      case 'CreditReclaimed':
        return { type, sipAccountId: this.names[name]!, units };
    }
  }
}

/** Those that are the ledger's. */
async function ledgersOf(pages: AsyncIterable<readonly RecordedEvent[]>): Promise<readonly EventPlace[]> {
  const events: EventPlace[] = [];
  for await (const page of pages)
    for (const event of page)
      if (mainAccountIdOf(event.stream) !== undefined && !isTombstone(event)) events.push(event);
  return events;
}
