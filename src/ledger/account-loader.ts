import { StreamDamaged } from '../event-store/errors.js';
import type { EventStore, RecordedEvent } from '../event-store/event-store.js';
import type { AccountsIndex, Snapshot } from './accounts-index.js';
import { addsUp, emptyFold, evolve, type Fold } from './domain/account.js';
import { parseEvent, UnreadableEvent, type EventMetadata } from './domain/events.js';
import { receiptText } from './domain/receipt.js';
import type { HeldCommand, HeldCommands } from './held-commands.js';
import type { LedgerObserver } from './ledger-observer.js';
import { emptyHead, type StreamHead } from './seal.js';
import { mainAccountStream } from './streams.js';

/** An account as the writer holds it: the fold, where the stream stands, and the keys that the index may lack. */
export interface LoadedAccount {
  readonly account: Fold;
  head: StreamHead;
  /** Commands booked after the snapshot, oldest first. */
  tail: Map<string, HeldCommand>;
}

/** Loads accounts: snapshot row, then the rest of the stream. */
export class AccountLoader {
  constructor(
    private readonly store: EventStore,
    private readonly index: AccountsIndex,
    private readonly observer: LedgerObserver,
    private readonly held: HeldCommands,
  ) {}

  /** @throws StoreUnavailable, StreamDamaged with an alarm */
  async load(mainAccountId: string): Promise<LoadedAccount> {
    try {
      return await this.read(mainAccountId);
    } catch (error) {
      if (error instanceof StreamDamaged) this.observer.alarm(error.message, { mainAccountId });
      throw error;
    }
  }

  private async read(mainAccountId: string): Promise<LoadedAccount> {
    const snapshot = this.index.snapshot(mainAccountId);
    if (snapshot) {
      // The hash in its row says which event it was folded to, not that its balances are those of then.
      const sound = addsUp(snapshot.account);
      const loaded = sound ? await this.resume(mainAccountId, snapshot) : undefined;
      if (loaded) return loaded;
      const fault = sound ? 'does not link to the log' : 'does not add up';
      this.observer.alarm(`snapshot ${fault}; folding from the start`, {
        mainAccountId,
        revision: snapshot.head.revision,
      });
    }
    const loaded = await this.fromStart(mainAccountId);
    // Taken for a new account, it would begin again at revision 0, with all its keys free.
    if (snapshot && loaded.head.revision < 0)
      throw new StreamDamaged(
        `the events of ${mainAccountStream(mainAccountId)} are gone, though it had some`,
      );
    return loaded;
  }

  private async fromStart(mainAccountId: string): Promise<LoadedAccount> {
    const stream = mainAccountStream(mainAccountId);
    const loaded: LoadedAccount = {
      account: emptyFold(mainAccountId),
      head: emptyHead(stream),
      tail: new Map(),
    };
    for await (const page of this.store.readStream(stream))
      for (const event of page) this.fold(loaded, event);
    return loaded;
  }

  /** Undefined when the event that the snapshot was folded to is not in the log as the snapshot knows it. */
  private async resume(mainAccountId: string, snapshot: Snapshot): Promise<LoadedAccount | undefined> {
    const { revision, hash } = snapshot.head;
    let loaded: LoadedAccount | undefined;
    for await (const page of this.store.readStream(mainAccountStream(mainAccountId), revision))
      for (const event of page)
        if (loaded) this.fold(loaded, event);
        else {
          const head = headWith(event);
          if (event.revision !== revision || head?.hash !== hash) return undefined;
          loaded = { account: snapshot.account, head, tail: new Map() };
        }
    return loaded;
  }

  /**
   * Nothing is booked on a stream of which a part is hidden: keys in that part would seem free. Nor on an event that
   * cannot be read, or that the rules cannot have booked.
   * @throws StreamDamaged
   */
  private fold(loaded: LoadedAccount, event: RecordedEvent): void {
    const { head } = loaded;
    const { stream, revision } = event;
    let cause: unknown;
    try {
      const metadata = metadataIn(event.metadata);
      if (revision === head.revision + 1 && metadata.previousHash === head.hash)
        return this.foldRecorded(loaded, event, metadata);
    } catch (error) {
      // Also a refusal, which is nothing to tell the caller: what he sent has not been looked at.
      cause = error;
    }
    throw new StreamDamaged(
      `${stream}/${revision} does not follow revision ${head.revision}: events are hidden, missing or changed`,
      { cause },
    );
  }

  private foldRecorded(
    loaded: LoadedAccount,
    recorded: RecordedEvent,
    { idempotencyKey, fingerprint, hash, recordedAt }: EventMetadata,
  ): void {
    const event = parseEvent(recorded.type, JSON.parse(recorded.data));
    evolve(loaded.account, event);
    loaded.head = { revision: recorded.revision, hash, recordedAt };
    const booked = { eventId: recorded.id, revision: recorded.revision, recordedAt };
    const known = this.held.hold(fingerprint, receiptText(event, booked, loaded.account));
    known.position = recorded.position;
    loaded.tail.set(idempotencyKey, known);
  }
}

/** Where the stream stands with an event, by what it says itself; undefined where it cannot be read. */
function headWith({ revision, metadata }: RecordedEvent): StreamHead | undefined {
  try {
    const { hash, recordedAt } = metadataIn(metadata);
    return { revision, hash, recordedAt };
  } catch {
    return undefined;
  }
}

const HASH = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** @throws UnreadableEvent when the next event, which repeats its hash and perhaps its time, had better not */
function metadataIn(text: string): EventMetadata {
  const metadata = JSON.parse(text) as EventMetadata;
  if (!HASH.test(metadata.hash) || !TIME.test(metadata.recordedAt))
    throw new UnreadableEvent('its metadata have no hash or no time');
  return metadata;
}
