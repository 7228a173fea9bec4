import type { RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import { amountOf, book, noBalances, outOfBounds, type Balances } from './balances.js';
import { eventHash, idOfDigest, keyDigest, sha256 } from './event-hash.js';
import { isAccountId, isHash, isKey, isTime, readEvent, type ReadEvent } from './event-form.js';
import { Findings, type Finding } from './findings.js';
import { KeyIndex } from './key-index.js';
import { Witnesses } from './read-models/witnesses.js';
import type { Witness } from './read-models/witness.js';
import { nameRepeatedKeys } from './repeated-keys.js';
import { CompactTree, eventLeaf, type Hash } from './merkle.js';

/** The log, or a part of it, from its beginning; read anew at each call. */
export type ReadLog = () => AsyncIterable<readonly RecordedEvent[]>;

/** How many events of the ledger, in log order, and the root over them. */
export interface TreeSize {
  readonly size: number;
  readonly root: Hash;
}

export interface AuditOptions {
  /** How far `recordedAt` may go back from one event of a stream to the next, in milliseconds; 0 unless given. */
  readonly clockTolerance?: number;
  /** Tree heads that the log must still agree with. */
  readonly checkpoints?: readonly TreeSize[];
  /** What else is to be compared with the log. */
  readonly witnesses?: readonly Witness[];
  /** Told after each page how many events have been seen. */
  readonly onProgress?: (events: number) => void;
}

/** A main account as the auditor has counted it. */
export interface AuditedAccount {
  readonly mainAccountId: string;
  revision: number;
  hash: string;
  recordedAt: string;
  readonly balances: Balances;
}

export interface AuditReport {
  /** Events of the ledger. */
  readonly events: number;
  /** Events of other streams, which hold no money. */
  readonly otherEvents: number;
  readonly accounts: ReadonlyMap<string, AuditedAccount>;
  readonly tree: TreeSize;
  readonly findings: readonly Finding[];
  readonly unlistedFindings: number;
}

/**
 * Replays the log and checks all that it must fulfil, with arithmetic and hashing of its own.
 * Memory grows with the number of accounts, not with that of events.
 */
export async function audit(
  readLog: ReadLog,
  options: AuditOptions = {},
  findings = new Findings(),
): Promise<AuditReport> {
  const auditor = new Auditor(findings, options);
  try {
    for await (const page of readLog()) {
      for (const event of page) auditor.check(event);
      options.onProgress?.(auditor.seen);
    }
    const suspects = auditor.keys.suspects();
    if (suspects.size > 0) await nameRepeatedKeys(readLog, suspects, findings);
    return auditor.finish();
  } finally {
    auditor.keys.close();
  }
}

class Auditor {
  seen = 0;
  private ledgerEvents = 0;
  private position = -1n;
  private readonly accounts = new Map<string, AuditedAccount>();
  readonly keys = new KeyIndex();
  private readonly tree = new CompactTree();
  private readonly witnesses: Witnesses;
  private readonly roots: ReadonlyMap<number, Hash>;

  constructor(
    private readonly findings: Findings,
    private readonly options: AuditOptions,
  ) {
    this.witnesses = new Witnesses(options.witnesses ?? [], this.accounts);
    this.roots = new Map(options.checkpoints?.map(({ size, root }) => [size, root]));
  }

  check(event: RecordedEvent): void {
    this.seen += 1;
    if (event.position <= this.position)
      this.findings.add(
        'order',
        `it stands after position ${this.position} in the log, at ${event.position}`,
        event,
      );
    this.position = event.position;
    this.witnesses.before(event.position);
    const mainAccountId = mainAccountIdOf(event.stream);
    if (mainAccountId === undefined) return;
    this.ledgerEvents += 1;
    const account = this.account(event.stream, mainAccountId);
    if (account.revision < 0 && !isAccountId(mainAccountId))
      this.findings.add('form', 'its stream is not named after a main account id', event);
    this.checkRevision(event, account);
    const read = readEvent(event);
    if (typeof read === 'string') {
      this.findings.add('form', read, event);
      account.hash = statedHash(event);
      this.grow(account.hash);
      return;
    }
    this.checkChain(event, read, account);
    this.checkMetadata(event, read, account);
    this.checkBalances(event, read, account);
    this.grow(read.metadata.hash);
    this.witnesses.event({ recorded: event, read, account });
  }

  private account(stream: string, mainAccountId: string): AuditedAccount {
    let account = this.accounts.get(stream);
    if (!account) {
      account = { mainAccountId, revision: -1, hash: sha256(stream), recordedAt: '', balances: noBalances() };
      this.accounts.set(stream, account);
    }
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
    const { metadata } = read;
    const hash = eventHash(event, read);
    if (hash !== metadata.hash)
      this.findings.add('hash', `its hash is ${metadata.hash}, but what it says makes ${hash}`, event);
    if (metadata.previousHash !== account.hash)
      this.findings.add(
        'link',
        `it links to ${metadata.previousHash}, not to the event ahead of it, ${account.hash}`,
        event,
      );
    account.hash = metadata.hash;
  }

  private checkMetadata(event: RecordedEvent, { metadata }: ReadEvent, account: AuditedAccount): void {
    const { idempotencyKey, fingerprint, recordedAt } = metadata;
    if (!isKey(idempotencyKey))
      this.findings.add('key', 'its idempotency key is not 1 to 255 visible ASCII characters', event);
    const digest = keyDigest(account.mainAccountId, idempotencyKey);
    this.keys.add(digest);
    const id = idOfDigest(digest);
    if (event.id !== id)
      this.findings.add('id', `its id does not follow from its idempotency key, which makes ${id}`, event);
    if (!isHash(fingerprint))
      this.findings.add('fingerprint', 'its fingerprint is not a SHA-256 in hexadecimal', event);
    if (!isTime(recordedAt))
      this.findings.add(
        'time',
        `its time ${JSON.stringify(recordedAt)} is no UTC time with milliseconds`,
        event,
      );
    else if (recordedAt < account.recordedAt && this.back(account.recordedAt, recordedAt))
      this.findings.add(
        'time',
        `it was recorded at ${recordedAt}, before the event ahead of it, ${account.recordedAt}`,
        event,
      );
    account.recordedAt = recordedAt;
  }

  private back(before: string, after: string): boolean {
    return Date.parse(before) - Date.parse(after) > (this.options.clockTolerance ?? 0);
  }

  private checkBalances(event: RecordedEvent, { movement }: ReadEvent, { balances }: AuditedAccount): void {
    const broken = book(balances, movement);
    if (broken) this.findings.add('rule', broken, event);
    const bounds = outOfBounds(balances, movement);
    if (bounds) this.findings.add('balance', bounds, event);
    if (balances.purchased !== balances.main + balances.sips)
      this.findings.add('conservation', conservationBroken(balances), event);
  }

  private grow(hash: string): void {
    this.tree.append(eventLeaf(hash));
    const expected = this.roots.get(this.tree.size);
    if (expected && !expected.equals(this.tree.root()))
      this.findings.add(
        'checkpoint',
        `the first ${this.tree.size} events are not those that the checkpoint was made of`,
      );
  }

  finish(): AuditReport {
    this.witnesses.end();
    for (const { mainAccountId, balances } of this.accounts.values()) {
      let sips = 0n;
      for (const units of balances.sip.values()) sips += units;
      if (balances.main + sips !== balances.purchased)
        this.findings.add(
          'conservation',
          `main account ${mainAccountId}: ${conservationBroken({ ...balances, sips })}`,
        );
    }
    for (const size of this.roots.keys())
      if (size > this.tree.size)
        this.findings.add(
          'checkpoint',
          `the checkpoint was made of ${size} events, but the log has only ${this.tree.size}`,
        );
    return {
      events: this.ledgerEvents,
      otherEvents: this.seen - this.ledgerEvents,
      accounts: this.accounts,
      tree: { size: this.tree.size, root: this.tree.root() },
      findings: this.findings.list,
      unlistedFindings: this.findings.unlisted,
    };
  }
}

const conservationBroken = ({ purchased, main, sips }: Balances): string =>
  `${amountOf(purchased)} was purchased, but ${amountOf(main)} on the main account and ${amountOf(sips)} on its SIP accounts remain`;

/** The hash that an unreadable event bears, so that one bad event does not break the chain for all later ones. */
const statedHash = ({ metadata }: RecordedEvent): string =>
  /"hash":"([0-9a-f]{64})"/.exec(metadata)?.[1] ?? sha256(metadata);
