import { EVENT_TYPES } from '../ledger/domain/events.js';
import type { Movement } from './balances.js';
import type { KeyDigest } from './key-digests.js';
import { HASH_BYTES } from './merkle.js';
import type { Movements, Runs, StretchSeen } from './stretch.js';

/** Events of one account, one after the other. Its texts may be parts of others: it is told soon. */
export interface Run {
  readonly account: number;
  readonly first: { readonly revision: number; readonly id: string };
  /** What the first one says; null where its form is bad. */
  readonly previousHash: string | null;
  readonly firstTime: string | null;
  /** Of the last one; the hash is null for a tombstone. */
  revision: number;
  hash: string | null;
  time: string | null;
}

type Told = Pick<StretchSeen, 'streams' | 'names' | 'runs' | 'hashes' | 'digests' | 'movements'>;

/**
 * Collects what is to be told of a stretch of the log, in memory that is used again for the next one: texts and bigints
 * that are kept until the end of it would be copied by the collector over and over.
 */
export class StretchNotes {
  streams: string[] = [];
  names: string[] = [];
  runs: Run[] = [];
  private hashes = 0;
  private moved = 0;
  private columns = new Columns(1024);

  /** Of an event of the ledger, whatever it says. */
  hash(hash: string): void {
    if (this.hashes === this.columns.room) this.columns = this.columns.doubled();
    this.columns.hashes.write(hash, HASH_BYTES * this.hashes, 'hex');
    this.hashes += 1;
  }

  /** Of the event of which the hash was noted last. @param name the number of what it names */
  movement({ first, second }: KeyDigest, account: number, movement: Movement, name: number): void {
    const { digests, nths, accounts, types, names, units } = this.columns;
    const at = this.moved++;
    digests[2 * at] = first;
    digests[2 * at + 1] = second;
    nths[at] = this.hashes - 1;
    accounts[at] = account;
    types[at] = EVENT_TYPES.indexOf(movement.type);
    names[at] = name;
    units[at] = 'units' in movement ? movement.units : 0n;
  }

  /** All of it; then it begins anew. */
  told(): Told {
    const { streams, names, runs, columns, moved } = this;
    const movements: Movements = {
      nths: columns.nths.slice(0, moved),
      accounts: columns.accounts.slice(0, moved),
      types: columns.types.slice(0, moved),
      names: columns.names.slice(0, moved),
      units: columns.units.slice(0, moved),
    };
    const hashes = new Uint8Array(columns.hashes.subarray(0, HASH_BYTES * this.hashes));
    const told = {
      streams,
      names,
      runs: runsTold(runs),
      hashes,
      digests: columns.digests.slice(0, 2 * moved),
      movements,
    };
    [this.streams, this.names, this.runs, this.hashes, this.moved] = [[], [], [], 0, 0];
    return told;
  }
}

const runsTold = (runs: readonly Run[]): Runs => ({
  accounts: Uint32Array.from(runs, ({ account }) => account),
  revisions: Float64Array.from(runs.flatMap(({ first, revision }) => [first.revision, revision])),
  texts: runs.flatMap(({ first, previousHash, firstTime, hash, time }) => [
    first.id,
    previousHash,
    firstTime,
    hash,
    time,
  ]),
});

/** As many places for each thing that is noted of an event. */
class Columns {
  readonly hashes: Buffer;
  readonly digests: Int32Array;
  readonly nths: Uint32Array;
  readonly accounts: Uint32Array;
  readonly types: Uint8Array;
  readonly names: Uint32Array;
  readonly units: BigInt64Array;

  /** @param room events that they hold */
  constructor(readonly room: number) {
    this.hashes = Buffer.alloc(HASH_BYTES * room);
    this.digests = new Int32Array(2 * room);
    this.nths = new Uint32Array(room);
    this.accounts = new Uint32Array(room);
    this.types = new Uint8Array(room);
    this.names = new Uint32Array(room);
    this.units = new BigInt64Array(room);
  }

  doubled(): Columns {
    const larger = new Columns(2 * this.room);
    larger.hashes.set(this.hashes);
    larger.digests.set(this.digests);
    larger.nths.set(this.nths);
    larger.accounts.set(this.accounts);
    larger.types.set(this.types);
    larger.names.set(this.names);
    larger.units.set(this.units);
    return larger;
  }
}
