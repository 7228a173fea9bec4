import { readCheckpoint } from './checkpoint.js';
import { canonicalTexts, eventHash } from './event-hash.js';
import { isObject, MAX_DEPTH, parsed, unreadable } from './json-form.js';
import { eventLeaf } from './merkle.js';
import { provesConsistency, provesInclusion } from './merkle-proof.js';

/** A text that is no proof. */
export class NoProof extends Error {
  override readonly name = 'NoProof';
}

/** A proof as the service answers it: of an event, or of two checkpoints' consistency. */
type Proof = {
  readonly checkpoint: string;
  readonly proof: readonly string[];
} & (
  | { readonly older: string }
  | {
      readonly stream: string;
      readonly revision: number;
      readonly id: string;
      readonly type: string;
      readonly data: Readonly<Record<string, unknown>>;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly leafIndex: number;
    }
);

export interface CheckedProof {
  readonly proven: boolean;
  /** What is proven, or what is wrong, in words. */
  readonly message: string;
}

/**
 * Checks a proof without the ledger.
 * @param text the JSON that the service answered
 * @param keys verifier keys of which one must have signed; when there are none, no signature is looked at
 * @throws NoProof, NoteMalformed
 */
export function checkProof(text: string, keys: readonly string[]): CheckedProof {
  const proof = readProof(text);
  const path = proof.proof.map((hash) => Buffer.from(hash, 'base64'));
  const later = readCheckpoint(proof.checkpoint, keys);
  if ('older' in proof) {
    const older = readCheckpoint(proof.older, keys);
    return provesConsistency(older, later, path)
      ? {
          proven: true,
          message: `the first ${older.size} of ${later.size} events are those of the older checkpoint`,
        }
      : { proven: false, message: 'the later checkpoint is not a continuation of the older one' };
  }
  const { stream, revision, id, type, data, metadata, leafIndex } = proof;
  const hash = eventHash({ stream, revision, id, type }, canonicalTexts(data, metadata));
  if (hash !== metadata['hash'])
    return { proven: false, message: 'the event does not have the hash in its metadata' };
  return provesInclusion(eventLeaf(hash), leafIndex, later.size, path, later.root)
    ? {
        proven: true,
        message: `${type}, ${stream} revision ${revision}, is event ${leafIndex} of ${later.size}`,
      }
    : { proven: false, message: 'the event is not in the log that the checkpoint was made of' };
}

function readProof(text: string): Proof {
  const proof = parsed(text);
  if (!isObject(proof)) throw new NoProof('it is no JSON object');
  const flaw = unreadable(proof, MAX_DEPTH);
  if (flaw) throw new NoProof(`it ${flaw}`);
  const { stream, revision, id, type, data, metadata, leafIndex } = proof;
  const isOfEvent =
    [stream, id, type].every(isText) &&
    [revision, leafIndex].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    [data, metadata].every(isObject);
  const hasPath = Array.isArray(proof['proof']) && proof['proof'].every(isText);
  if (!hasPath || !isText(proof['checkpoint']) || !('older' in proof ? isText(proof['older']) : isOfEvent))
    throw new NoProof('it does not have the members of one');
  return proof as unknown as Proof;
}

const isText = (value: unknown): boolean => typeof value === 'string';
