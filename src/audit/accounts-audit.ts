import { isTombstone, type RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import { book, conservationBroken, noBalances, type Balances } from './balances.js';
import { addTombstone, ChainAudit } from './chain.js';
import { EventAudit, type AccountNames } from './event-audit.js';
import { isAccountId } from './event-form.js';
import { escaped, sha256 } from './event-hash.js';
import type { EventPlace, Findings } from './findings.js';
import { KeyIndex } from './key-index.js';
import { ownText } from './own-text.js';
import { Witnesses } from './read-models/witnesses.js';
import type { Witness } from './read-models/witness.js';

/** A main account as the auditor has counted it. */
export interface AuditedAccount extends AccountNames {
  revision: number;
  hash: string;
  recordedAt: string;
  readonly balances: Balances;
}

/** Checks each account's chain and balances. What one account's events say never depends on another's. */
export class AccountsAudit {
  readonly accounts = new Map<string, AuditedAccount>();
  readonly keys = new KeyIndex();
  readonly chain: ChainAudit;
  private readonly events: EventAudit;
  private readonly witnesses: Witnesses;

  constructor(
    readonly findings: Findings,
    clockTolerance: number,
    witnesses: readonly Witness[] = [],
  ) {
    this.chain = new ChainAudit(findings, clockTolerance);
    this.events = new EventAudit(findings);
    this.witnesses = new Witnesses(witnesses, this.accounts);
  }

  /** @returns the hash that the event bears; undefined for one that is none of the ledger's */
  check(event: RecordedEvent): string | undefined {
    this.witnesses.before(event.position);
    const account = this.account(event);
    if (!account) return undefined;
    if (isTombstone(event)) {
      addTombstone(this.findings, event);
      return undefined;
    }
    this.chain.revision(event, account.revision);
    account.revision = event.revision;
    const read = this.events.read(event, account);
    const hash = this.events.check(event, account, read);
    const { said, digest } = read;
    if (digest) {
      this.keys.add(digest);
      this.chain.link(event, said.metadata.previousHash, account.hash);
      this.chain.time(event, said.metadata.recordedAt, account.recordedAt);
      account.recordedAt = ownText(said.metadata.recordedAt);
      book(account.balances, said.movement, (check, message) => this.findings.add(check, message, event));
    }
    account.hash = hash;
    if (digest) this.witnesses.event({ recorded: event, read: said, account });
    return hash;
  }

  /** That whose event it is, opened by the first of them; undefined for an event that is none of the ledger's. */
  account(event: EventPlace): AuditedAccount | undefined {
    return this.accounts.get(event.stream) ?? this.opened(event);
  }

  finish(): void {
    this.witnesses.end();
    for (const { mainAccountId, balances } of this.accounts.values()) {
      let sips = 0n;
      for (const { available } of balances.sip.values()) sips += available;
      if (balances.main + sips !== balances.purchased)
        this.findings.add(
          'conservation',
          `main account ${mainAccountId}: ${conservationBroken({ ...balances, sips })}`,
        );
    }
  }

  private opened(event: EventPlace): AuditedAccount | undefined {
    const mainAccountId = mainAccountIdOf(event.stream);
    if (mainAccountId === undefined) return undefined;
    if (!isAccountId(mainAccountId))
      this.findings.add('form', 'its stream is not named after a main account id', event);
    const [hash, balances] = [sha256(event.stream), noBalances()];
    const streamText = escaped(event.stream);
    const account = { mainAccountId, streamText, revision: -1, hash, recordedAt: '', balances };
    this.accounts.set(event.stream, account);
    return account;
  }
}
