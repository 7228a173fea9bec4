import { isTombstone, type RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import { book, conservationBroken, noBalances, type Balances } from './balances.js';
import { isAccountId, readEvent, type ReadEvent } from './event-form.js';
import { idOfDigest, keyDigest, quoted, sha256, statedHash, textsHash } from './event-hash.js';
import type { Findings } from './findings.js';
import { KeyIndex } from './key-index.js';
import { ownText } from './own-text.js';
import { Witnesses } from './read-models/witnesses.js';
import type { Witness } from './read-models/witness.js';

/** A main account as the auditor has counted it. */
export interface AuditedAccount {
  readonly mainAccountId: string;
  /** The name of its stream in JSON. */
  readonly streamText: string;
  revision: number;
  hash: string;
  recordedAt: string;
  readonly balances: Balances;
}

/** Checks each account's chain and balances. What one account's events say never depends on another's. */
export class AccountsAudit {
  readonly accounts = new Map<string, AuditedAccount>();
  readonly keys = new KeyIndex();
  private readonly witnesses: Witnesses;

  constructor(
    private readonly findings: Findings,
    private readonly clockTolerance: number,
    witnesses: readonly Witness[] = [],
  ) {
    this.witnesses = new Witnesses(witnesses, this.accounts);
  }

  /** @returns the hash that the event bears; undefined for one that is none of the ledger's */
  check(event: RecordedEvent): string | undefined {
    this.witnesses.before(event.position);
    const account = this.accounts.get(event.stream) ?? this.opened(event);
    if (!account) return undefined;
    if (isTombstone(event)) {
      this.findings.add('revision', 'its stream was deleted: what it held is gone, or will be', event);
      return undefined;
    }
    this.checkRevision(event, account);
    const read = readEvent(event);
    if (typeof read === 'string') {
      this.findings.add('form', read, event);
      account.hash = statedHash(event);
      return account.hash;
    }
    this.checkChain(event, read, account);
    this.checkMetadata(event, read, account);
    book(account.balances, read.movement, (check, message) => this.findings.add(check, message, event));
    this.witnesses.event({ recorded: event, read, account });
    return account.hash;
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

  private opened(event: RecordedEvent): AuditedAccount | undefined {
    const mainAccountId = mainAccountIdOf(event.stream);
    if (mainAccountId === undefined) return undefined;
    if (!isAccountId(mainAccountId))
      this.findings.add('form', 'its stream is not named after a main account id', event);
    const [hash, balances] = [sha256(event.stream), noBalances()];
    const streamText = quoted(event.stream);
    const account = { mainAccountId, streamText, revision: -1, hash, recordedAt: '', balances };
    this.accounts.set(event.stream, account);
    return account;
  }

  private checkRevision(event: RecordedEvent, account: AuditedAccount): void {
    const expected = account.revision + 1;
    if (event.revision > expected)
      this.findings.add(
        'revision',
        `revision ${expected} is missing: the stream goes on at ${event.revision}`,
        event,
      );
    else if (event.revision < expected)
      this.findings.add(
        'revision',
        `revision ${event.revision} comes after revision ${account.revision}`,
        event,
      );
    account.revision = event.revision;
  }

  private checkChain(event: RecordedEvent, read: ReadEvent, account: AuditedAccount): void {
    const { metadata, movement, data, unhashed } = read;
    const digest = keyDigest(account.mainAccountId, metadata.idempotencyKey);
    this.keys.add(digest);
    const id = idOfDigest(digest, read);
    const hash = textsHash(event.revision, {
      data,
      id: event.id === id ? `"${id}"` : quoted(event.id),
      unhashed,
      stream: account.streamText,
      type: `"${movement.type}"`,
    });
    if (hash !== metadata.hash)
      this.findings.add('hash', `its hash is ${metadata.hash}, but what it says makes ${hash}`, event);
    if (metadata.previousHash !== account.hash)
      this.findings.add(
        'link',
        `it links to ${metadata.previousHash}, not to the event ahead of it, ${account.hash}`,
        event,
      );
    if (event.id !== id)
      this.findings.add(
        'id',
        `its id does not follow from its key and its metadata, which make ${id}`,
        event,
      );
    account.hash = hash === metadata.hash ? hash : statedHash(event);
  }

  private checkMetadata(event: RecordedEvent, { metadata, flaws }: ReadEvent, account: AuditedAccount): void {
    for (const { check, message } of flaws) this.findings.add(check, message, event);
    const { recordedAt } = metadata;
    if (recordedAt < account.recordedAt && this.back(account.recordedAt, recordedAt))
      this.findings.add(
        'time',
        `it was recorded at ${recordedAt}, before the event ahead of it, ${account.recordedAt}`,
        event,
      );
    account.recordedAt = ownText(recordedAt);
  }

  private back(before: string, after: string): boolean {
    return Date.parse(before) - Date.parse(after) > this.clockTolerance;
  }
}
