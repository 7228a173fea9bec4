#!/usr/bin/env node
// Checks an audit bundle of the credit ledger and prints each account's balances.
//
//   node verify-bundle.mjs <bundle> [--checkpoint <file>]... [--key <verifier key>]... [--quiet]
//   node verify-bundle.mjs --proof <file> --key <verifier key>...
//
// Without a --key, nothing says who signed a checkpoint: then it shows only that the events are those it was made of.
// It needs Node 20 or later and nothing else, and shares no code with the ledger: read it, then trust it.
// The form of what it reads is in docs/reference/events.md, audit-bundle.md and proofs.md.
// Exit codes: 0 sound, 1 discrepancy, 2 could not run.
import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';

const USAGE = `usage: verify-bundle.mjs <bundle> [--checkpoint <file>]... [--key <verifier key>]... [--quiet]
       verify-bundle.mjs --proof <file> --key <verifier key>...`;
const FIRST_LINE = '{"format":"credit-ledger-bundle","version":1}';
/** Bytes of a line without its line feed, and objects and lists within one another in it, at most. */
const MAX_LINE = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const PREFIX = 'mainAccount-';
const MAX_BALANCE = 9_999_999_999_999_999n;
const ACCOUNT_ID = /^[A-Za-z0-9._~-]{1,64}$/;
const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,14})$/;
const TEXTS =
  '$causationId $correlationId actor fingerprint idempotencyKey previousHash recordedAt hash'.split(' ');

const sha256 = (...parts) => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};
const hex = (...parts) => sha256(...parts).toString('hex');

/** Controls in what a bundle says could write over the verdict on a terminal, or put another beside it. */
const visible = (text) =>
  text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (hidden) => `\\u{${hidden.codePointAt(0).toString(16)}}`);

/** What was found; beyond a hundred findings only their number. */
const findings = [];
let found = 0;
function bad(where, what) {
  found += 1;
  if (findings.length < 100) findings.push(visible(`${where}: ${what}`));
}

const isText = (value) => typeof value === 'string';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Of texts alone: a list of one text would be taken for that text. */
const matches = (form, value) => isText(value) && form.test(value);
const isDeeper = (value, depth) =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1)));
/** Half of a surrogate pair by itself, in a text or a name: no UTF-8 can hold it, and RFC 8785 refuses it. */
const holdsHalf = (value) =>
  isText(value)
    ? !value.isWellFormed()
    : typeof value === 'object' && value !== null && Object.entries(value).flat().some(holdsHalf);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** Undefined for a text that is no JSON. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A time in UTC with milliseconds, on a day that exists. */
function isTime(value) {
  if (!matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, value)) return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

/** RFC 8785 canonical JSON. */
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** UUID version 8: four groups from a main account's key, the last from the event's metadata without the hash. */
function eventId(mainAccountId, unhashed) {
  const bytes = sha256(`${mainAccountId}/${unhashed.idempotencyKey}/0`);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = bytes.toString('hex');
  const booking = hex(canonical(unhashed)).slice(0, 12);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), booking].join('-');
}

/** Ten-thousandths, exact. */
const units = (amount) =>
  matches(/^(0|[1-9][0-9]{0,11})\.[0-9]{4}$/, amount) && amount !== '0.0000'
    ? BigInt(amount.replace('.', ''))
    : undefined;

function written(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(5, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

const accounts = new Map();

/** Whether it has the members of an event, of the types that they must be of, in the form in which they are written. */
function isEvent({ stream, revision, id, type, data, metadata }, text) {
  return (
    matches(/^mainAccount-/, stream) &&
    isCount(revision) &&
    isText(id) &&
    isText(type) &&
    isObject(data) &&
    isObject(metadata) &&
    TEXTS.every((name) => isText(metadata[name])) &&
    text === JSON.stringify({ stream, revision, id, type, data, metadata })
  );
}

function checkEvent({ stream, revision, id, type, data, metadata }) {
  const where = `${stream} revision ${revision} (event ${id})`;
  const account = accounts.get(stream) ?? opened(stream);
  const { hash, ...unhashed } = metadata;

  if (revision !== account.revision + 1) bad(where, `comes after revision ${account.revision}`);
  const made = hex(canonical({ stream, revision, id, type, data, metadata: unhashed }));
  if (made !== hash) bad(where, `its hash is ${hash}, but what it says makes ${made}`);
  if (metadata.previousHash !== account.hash)
    bad(where, `it links to ${metadata.previousHash}, not to ${account.hash}`);
  if (id !== eventId(account.id, unhashed))
    bad(where, 'its id does not follow from its key and its metadata');
  if (!/^[!-~]{1,255}$/.test(metadata.idempotencyKey)) bad(where, 'its idempotency key is malformed');
  if (!/^[0-9a-f]{64}$/.test(metadata.fingerprint)) bad(where, 'its fingerprint is malformed');
  if (metadata.schema !== 1) bad(where, `its schema is ${JSON.stringify(metadata.schema)}`);
  if (!isTime(metadata.recordedAt)) bad(where, 'its time is malformed');
  else if (metadata.recordedAt < account.recordedAt)
    bad(where, 'it was recorded before the event ahead of it');

  keep(id);
  Object.assign(account, { revision, hash, recordedAt: metadata.recordedAt });
  book(account, type, data, where);
  return grow(sha256(Buffer.of(0), Buffer.from(hash, 'hex')));
}

/** The first 8 bytes of every id, to find those that may occur twice: ids follow from keys. */
let ids = new BigUint64Array(1 << 16);
let idCount = 0;

const beginningOf = (id) => BigInt(`0x${id.slice(0, 18).replaceAll('-', '')}`);

function keep(id) {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/.test(id)) return;
  if (idCount === ids.length) {
    const more = new BigUint64Array(idCount * 2);
    more.set(ids);
    ids = more;
  }
  ids[idCount++] = beginningOf(id);
}

/** Whether a key was used twice. Two keys may have ids that begin alike, so theirs are looked at again. */
async function checkKeys(file) {
  const sorted = ids.subarray(0, idCount).sort();
  const suspects = new Set(sorted.filter((id, i) => id === sorted[i - 1]));
  if (suspects.size === 0) return;
  const used = new Set();
  for await (const lines of linesOf(file, () => {}))
    for (const text of lines) {
      const event = parsed(text);
      if (!isObject(event) || !isEvent(event, text) || !suspects.has(beginningOf(event.id))) continue;
      const { stream, revision, id, metadata } = event;
      const key = JSON.stringify([stream, metadata.idempotencyKey]);
      if (used.has(key)) bad(`${stream} revision ${revision} (event ${id})`, 'its key was used before');
      used.add(key);
    }
}

function opened(stream) {
  const account = {
    id: stream.slice(PREFIX.length),
    revision: -1,
    hash: hex(stream),
    recordedAt: '',
    currency: undefined,
    purchased: 0n,
    main: 0n,
    sip: new Map(),
    sipTotal: 0n,
  };
  if (!ACCOUNT_ID.test(account.id)) bad(stream, 'is not named after a main account');
  accounts.set(stream, account);
  return account;
}

/** Applies an event to the balances, after checking that it may be applied. */
function book(account, type, { currency, amount, sipAccountId, reference }, where) {
  const value = units(amount);
  const sip = account.sip.get(sipAccountId);
  const moves = type === 'CreditAllocated' || type === 'CreditReclaimed';
  if ((moves || type === 'CreditPurchased') && value === undefined)
    return bad(where, `its amount is ${JSON.stringify(amount)}`);
  if ((moves || type === 'SipAccountAdded') && !matches(ACCOUNT_ID, sipAccountId))
    return bad(where, `its SIP account is ${JSON.stringify(sipAccountId)}`);
  if (moves && sip === undefined) return bad(where, `SIP account ${sipAccountId} has not been added`);
  if ((type === 'MainAccountOpened') !== (account.currency === undefined))
    return bad(where, `${type} is out of place`);
  switch (type) {
    case 'MainAccountOpened':
      if (!matches(/^[A-Z]{3}$/, currency)) return bad(where, `its currency is ${JSON.stringify(currency)}`);
      account.currency = currency;
      break;
    case 'CreditPurchased':
      if (!isText(reference)) bad(where, 'it has no reference');
      account.purchased += value;
      account.main += value;
      break;
    case 'SipAccountAdded':
      if (sip !== undefined) return bad(where, `SIP account ${sipAccountId} is added a second time`);
      account.sip.set(sipAccountId, 0n);
      break;
    case 'CreditAllocated':
      account.main -= value;
      account.sipTotal += value;
      account.sip.set(sipAccountId, sip + value);
      break;
    case 'CreditReclaimed':
      if (sip !== value)
        bad(where, `it takes ${amount} from SIP account ${sipAccountId}, which has ${written(sip)}`);
      account.main += value;
      account.sipTotal -= value;
      account.sip.set(sipAccountId, sip - value);
      break;
    default:
      return bad(where, `its type ${type} is not known`);
  }
  const touched = account.sip.get(sipAccountId) ?? 0n;
  if (account.main < 0n || touched < 0n) bad(where, 'it leaves a balance below zero');
  if (account.main > MAX_BALANCE || touched > MAX_BALANCE) bad(where, 'it leaves a balance above the limit');
  if (account.purchased !== account.main + account.sipTotal) bad(where, 'purchased is not what is left');
  return undefined;
}

/** The RFC 6962 tree over the events: of each complete subtree only the root is kept, one per bit of the size. */
const tree = { size: 0, peaks: [] };
/** The checkpoints in hand, which the tree must have the root of at their size. */
const wanted = [];

function root() {
  if (tree.peaks.length === 0) return sha256('');
  return tree.peaks.reduceRight((right, left) => sha256(Buffer.of(1), left, right));
}

function grow(leaf) {
  let node = leaf;
  for (let size = tree.size; size % 2 === 1; size = (size - 1) / 2)
    node = sha256(Buffer.of(1), tree.peaks.pop(), node);
  tree.peaks.push(node);
  tree.size += 1;
  compareWanted();
}

function compareWanted() {
  for (const { size, root: stated } of wanted)
    if (size === tree.size && !stated.equals(root()))
      bad('checkpoint', `the first ${size} events are not those it was made of`);
}

/** @param what it is called in a message @param keys of which one must have signed it; none looks at no signature */
function readCheckpoint(note, keys, what) {
  const { text, signed } = openNote(note, keys, what);
  const lines = text.split('\n').slice(0, -1);
  const [origin, size, root] = lines;
  if (lines.includes('') || !origin || !matches(WHOLE_NUMBER, size) || bytesOf(root).length !== 32)
    throw new Error(`${what} is no checkpoint`);
  if (keys.length > 0 && !signed) throw new Error(`${what} is not signed with a key that was given`);
  return { size: Number(size), root: bytesOf(root) };
}

/** A signed note (c2sp.org/signed-note): a text, an empty line, and signature lines `— name base64(key id, signature)`. */
function openNote(note, keys, what) {
  const end = isText(note) ? note.lastIndexOf('\n\n') : -1;
  if (end < 0 || !note.endsWith('\n') || /[\0-\x09\x0b-\x1f]/.test(note))
    throw new Error(`${what} is no checkpoint`);
  const text = note.slice(0, end + 1);
  let signed = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, name, base64] = /^— ([^+\s]+) (\S+)$/.exec(line) ?? [];
    const bytes = bytesOf(base64);
    if (bytes.length < 5) throw new Error(`${what} is no checkpoint`);
    const id = bytes.toString('hex', 0, 4);
    const key = keys.find((known) => known.name === name && known.id === id);
    if (key && !verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4)))
      throw new Error(`${what} bears a wrong signature of ${name}`);
    signed ||= key !== undefined;
  }
  return { text, signed };
}

/** A verifier key is `name+id+base64`. */
function readKey(text) {
  const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = bytesOf(base64);
  if (bytes.length !== 33 || bytes[0] !== 1 || hex(`${name}\n`, bytes).slice(0, 8) !== id)
    throw new Error(`${JSON.stringify(text)} is no verifier key`);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  return { name, id, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** What a base64 text stands for; nothing for one in another form than the one that it has. */
function bytesOf(base64 = '') {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : Buffer.of();
}

/** A text file. @param what it should be */
function readText(file, what) {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) throw new Error(`${file} is no ${what}`);
  return bytes.toString();
}

/** Checks that an event is in the log of a checkpoint, or that one checkpoint continues another. */
function checkProof(file, keys) {
  const proof = readProof(file);
  const path = proof.proof.map((hash) => Buffer.from(hash, 'base64'));
  const later = readCheckpoint(proof.checkpoint, keys, `the checkpoint in ${file}`);
  if (proof.older !== undefined) {
    const older = readCheckpoint(proof.older, keys, `the older checkpoint in ${file}`);
    const roots = older.size >= 1 && older.size <= later.size && joined(older, 0, later.size, true, path);
    return roots && path.length === 0 && roots[0].equals(older.root) && roots[1].equals(later.root);
  }
  const { stream, revision, id, type, data, metadata, leafIndex } = proof;
  const { hash, ...unhashed } = metadata;
  if (hash !== hex(canonical({ stream, revision, id, type, data, metadata: unhashed }))) return false;
  if (leafIndex >= later.size) return false;
  const leaf = sha256(Buffer.of(0), Buffer.from(hash, 'hex'));
  const made = climbed(leaf, leafIndex, later.size, path);
  return path.length === 0 && made?.equals(later.root);
}

function readProof(file) {
  const proof = parsed(readText(file, 'proof'));
  const { stream, revision, id, type, data, metadata, leafIndex } = isObject(proof) ? proof : {};
  const isOfEvent =
    [stream, id, type].every(isText) &&
    [revision, leafIndex].every(isCount) &&
    [data, metadata].every(isObject);
  const hasPath = Array.isArray(proof?.proof) && proof.proof.every(isText);
  if (!hasPath || isDeeper(proof, MAX_DEPTH) || holdsHalf(proof) || (proof.older === undefined && !isOfEvent))
    throw new Error(`${file} is no proof`);
  return proof;
}

/** Leaves of the left subtree: the largest power of two below the number. */
function leftOf(size) {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** The root that the leaf makes with the hashes of the path, which are used up. */
function climbed(leaf, index, size, path) {
  if (size === 1) return leaf;
  const left = leftOf(size);
  const below =
    index < left ? climbed(leaf, index, left, path) : climbed(leaf, index - left, size - left, path);
  const sibling = path.shift();
  if (!below || !sibling) return undefined;
  return index < left ? sha256(Buffer.of(1), below, sibling) : sha256(Buffer.of(1), sibling, below);
}

/** The roots of the older and of the later tree that the hashes of the path make, which are used up. */
function joined(older, begin, end, whole, path) {
  if (older.size === end) {
    const same = whole ? older.root : path.shift();
    return same && [same, same];
  }
  const middle = begin + leftOf(end - begin);
  const inLeft = older.size <= middle;
  const below = inLeft ? joined(older, begin, middle, whole, path) : joined(older, middle, end, false, path);
  const sibling = path.shift();
  if (!below || !sibling) return undefined;
  const [before, after] = below;
  const one = Buffer.of(1);
  return inLeft
    ? [before, sha256(one, after, sibling)]
    : [sha256(one, sibling, before), sha256(one, sibling, after)];
}

/** How every compressed file begins. */
const GZIP = Buffer.of(0x1f, 0x8b);
const LINE_FEED = 10;
/** What zlib says of a file that ends too early. */
const CUT_SHORT = 'Z_BUF_ERROR';

const lengthOf = (pieces) => pieces.reduce((sum, { length }) => sum + length, 0);

/**
 * The lines behind the first one, some at a time.
 * @param problem told what is wrong with a file that ends otherwise than it should, or is not UTF-8
 */
async function* linesOf(file, problem) {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  let isCompressed = false;
  source.once('data', (bytes) => (isCompressed = GZIP.equals(bytes.subarray(0, 2))));
  /** The pieces of the line that has not ended. */
  let begun = [];
  let isFirst = true;
  try {
    for await (const piece of pipeline(source, createGunzip(), () => {})) {
      const lines = [];
      let from = 0;
      for (let end; (end = piece.indexOf(LINE_FEED, from)) >= 0; from = end + 1) {
        begun.push(piece.subarray(from, end));
        lines.push(lineOf(begun, file, problem));
        begun = [];
      }
      begun.push(piece.subarray(from));
      requireShort(begun, file);
      if (isFirst && lines.length > 0) {
        if (lines.shift() !== FIRST_LINE)
          throw new Error(`${file} is no audit bundle that this verifier can read`);
        isFirst = false;
      }
      yield lines;
    }
    if (isFirst) throw new Error(`${file} is no audit bundle`);
  } catch (error) {
    if (!error.code?.startsWith('Z_')) throw error;
    if (!isCompressed) throw new Error(`${file} is no audit bundle`);
    problem(error.code === CUT_SHORT ? 'it is cut short' : 'its compressed form is damaged');
  }
  if (lengthOf(begun) > 0) problem('the last line is cut short');
}

function lineOf(pieces, file, problem) {
  requireShort(pieces, file);
  const bytes = Buffer.concat(pieces);
  const line = bytes.toString();
  if (!isUtf8(bytes)) problem(`a line is not UTF-8: ${line.slice(0, 60)}`);
  return line;
}

function requireShort(pieces, file) {
  if (lengthOf(pieces) > MAX_LINE) throw new Error(`${file} has a line that is too long for a bundle`);
}

async function readBundle(file) {
  const bundle = {
    events: 0,
    eventsHash: createHash('sha256'),
    heads: [],
    checkpoints: [],
    manifest: undefined,
    manifestHash: undefined,
    /** Of the line before: its place in KINDS. */
    kind: 0,
  };
  for await (const lines of linesOf(file, (problem) => bad(file, problem)))
    for (const line of lines) readLine(bundle, line);
  return bundle;
}

/** The member that tells what a line is, in the order in which the lines stand. */
const KINDS = ['stream', 'head', 'checkpoint', 'manifest'];

function readLine(bundle, text) {
  const line = parsed(text);
  if (!isObject(line)) return bad('bundle', `a line is no JSON object: ${text.slice(0, 60)}`);
  if (isDeeper(line, MAX_DEPTH)) return bad('bundle', `a line is nested too deeply: ${text.slice(0, 60)}`);
  if (holdsHalf(line)) return bad('bundle', `a line holds half of a surrogate pair: ${text.slice(0, 60)}`);
  const kind = KINDS.findIndex((name) => line[name] !== undefined);
  if (kind === -1) return bad('bundle', `a line is of no known kind: ${text.slice(0, 60)}`);
  if (kind < bundle.kind || bundle.manifest) bad('bundle', `a line is out of place: ${text.slice(0, 60)}`);
  bundle.kind = kind;
  if (KINDS[kind] === 'stream') readEvent(bundle, text, line);
  else if (KINDS[kind] === 'head') bundle.heads.push(`${text}\n`);
  else if (KINDS[kind] === 'checkpoint') readOwnCheckpoint(bundle, text, line.checkpoint);
  else readManifest(bundle, text, line.manifest);
  return undefined;
}

function readEvent(bundle, text, event) {
  bundle.eventsHash.update(`${text}\n`);
  bundle.events += 1;
  if (isEvent(event, text)) checkEvent(event);
  else bad('bundle', `a line is no event in the form of the ledger: ${text.slice(0, 60)}`);
}

function readOwnCheckpoint(bundle, text, checkpoint) {
  const { note, verifierKey } = isObject(checkpoint) ? checkpoint : {};
  if (text !== JSON.stringify({ checkpoint: { note, verifierKey } }))
    bad('checkpoint', `its line is not in the form of one: ${text.slice(0, 60)}`);
  if (isText(note) && isText(verifierKey)) bundle.checkpoints.push({ note, verifierKey });
  else bad('checkpoint', 'it is none');
}

function readManifest(bundle, text, manifest) {
  const written = canonical(manifest);
  bundle.manifestHash = hex(written);
  if (text !== `{"manifest":${written},"hash":"${bundle.manifestHash}"}`)
    bad('manifest', 'it does not have the hash beside it');
  if (isObject(manifest)) bundle.manifest = manifest;
  else bad('manifest', 'it is none');
}

function checkManifest({ manifest, events, eventsHash, heads }) {
  if (!manifest) return bad('bundle', 'it has no manifest');
  const made = [...accounts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stream, { revision, hash }]) => `${JSON.stringify({ head: { stream, revision, hash } })}\n`);
  if (manifest.schema !== 1) bad('manifest', 'its schema is not 1');
  if (manifest.events !== events)
    bad('manifest', `it counts other events than the file, which has ${events}`);
  if (manifest.mainAccounts !== accounts.size) bad('manifest', 'it counts other main accounts than the file');
  if (manifest.eventsHash !== eventsHash.digest('hex')) bad('manifest', 'the events do not have its hash');
  if (manifest.headsHash !== hex(heads.join('')) || manifest.headsHash !== hex(made.join('')))
    bad('manifest', 'the heads do not have its hash');
  if (manifest.tree && (manifest.tree.size !== tree.size || manifest.tree.root !== root().toString('base64')))
    bad('manifest', 'its tree is not that of the events');
  return checkSelection(manifest);
}

/** That the bundle holds what was asked for, all of it, and nothing else. */
function checkSelection({ deleted = [], selection, tree: stated }) {
  const { mainAccounts, until } = isObject(selection) ? selection : {};
  const chosen = Array.isArray(mainAccounts) && mainAccounts.every(isText) ? new Set(mainAccounts) : null;
  if ((mainAccounts !== null && !chosen) || (until !== null && !isTime(until)))
    return bad('manifest', 'its selection is none');
  if (!Array.isArray(deleted) || !deleted.every(isText))
    return bad('manifest', 'its deleted main accounts are none');
  for (const id of deleted)
    bad('manifest', `main account ${id} was deleted from the log: what is here of it may not be all`);
  const isComplete = chosen === null && until === null && deleted.length === 0;
  if (isComplete ? !isObject(stated) : stated !== null)
    bad('manifest', 'a tree belongs to a complete bundle, and to no other');
  for (const { id, recordedAt } of accounts.values()) {
    if (chosen?.has(id) === false) bad('manifest', `main account ${id} was not asked for`);
    if (until !== null && recordedAt > until) bad('manifest', `main account ${id} goes on after ${until}`);
  }
  for (const id of chosen ?? [])
    if (!accounts.has(PREFIX + id) && !deleted.includes(id))
      bad('manifest', `main account ${id} was asked for, but is not here`);
  return undefined;
}

/** The checkpoints that came in the bundle. @param keys that were given; the bundle's own where there are none */
function checkOwnCheckpoints(checkpoints, keys) {
  for (const { note, verifierKey } of checkpoints) {
    try {
      const signers = keys.length > 0 ? keys : [readKey(verifierKey)];
      const { size, root: signed } = readCheckpoint(note, signers, 'the one in the bundle');
      if (size !== tree.size || !signed.equals(root())) bad('checkpoint', 'it was not made of these events');
    } catch (error) {
      bad('checkpoint', error.message);
    }
  }
}

function printBalances() {
  for (const { id, revision, currency, purchased, main, sip } of accounts.values()) {
    let sips = 0n;
    for (const value of sip.values()) sips += value;
    if (main + sips !== purchased) bad(id, 'purchased is not what is left');
    console.log(
      `${visible(id)} ${currency} purchased ${written(purchased)} = main ${written(main)} + SIP ${written(sips)}, revision ${revision}`,
    );
    for (const [sipAccountId, value] of sip) console.log(`  ${sipAccountId} ${written(value)}`);
  }
}

/** What the events were held against, for the last line. */
function compared(own, given, keys) {
  const list = ['bundle'];
  if (own > 0)
    list.push(`its checkpoint, signature checked with ${keys > 0 ? 'a given key' : 'the key in it'}`);
  if (given > 0)
    list.push(
      `${given} checkpoint${given > 1 ? 's' : ''}, signature ${keys > 0 ? 'checked' : 'not checked'}`,
    );
  return list.join('; ');
}

async function checkBundle(file, { checkpoint: files, quiet }, keys) {
  for (const name of files) wanted.push(readCheckpoint(readText(name, 'checkpoint'), keys, name));
  compareWanted();
  const bundle = await readBundle(file);
  if (files.length > 0 && bundle.manifest?.tree === null)
    throw new Error('this bundle does not hold everything; a checkpoint needs a complete one');
  if (keys.length > 0 && files.length + bundle.checkpoints.length === 0)
    throw new Error('nothing here is signed: give --checkpoint, or leave --key out');
  checkManifest(bundle);
  checkOwnCheckpoints(bundle.checkpoints, keys);
  await checkKeys(file);
  for (const { size } of wanted)
    if (size > tree.size) bad('checkpoint', `it was made of ${size} events, but there are only ${tree.size}`);
  if (quiet) for (const account of accounts.values()) account.sip.clear();
  else printBalances();
  console.log(`manifest ${bundle.manifestHash}`);
  console.log(`tree ${tree.size} events, root ${root().toString('base64')}`);
  for (const line of findings) console.log(`BAD ${line}`);
  console.log(
    found === 0
      ? `SOUND: ${bundle.events} events of ${accounts.size} main accounts ` +
          `(${compared(bundle.checkpoints.length, files.length, keys.length)})`
      : `DISCREPANCY: ${found} findings`,
  );
  return found === 0;
}

function isProven({ proof, checkpoint, quiet }, keys) {
  if (checkpoint.length > 0 || quiet) throw new Error(`a proof takes --key alone\n${USAGE}`);
  if (keys.length === 0) throw new Error('give --key: without it nothing says who signed');
  const proven = checkProof(proof, keys);
  console.log(proven ? 'PROVEN' : 'NOT PROVEN');
  return proven;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      checkpoint: { type: 'string', multiple: true, default: [] },
      key: { type: 'string', multiple: true, default: [] },
      proof: { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length !== (values.proof === undefined ? 1 : 0)) throw new Error(USAGE);
  const keys = values.key.map(readKey);
  const good =
    values.proof === undefined ? await checkBundle(positionals[0], values, keys) : isProven(values, keys);
  process.exitCode = good ? 0 : 1;
  return undefined;
}

try {
  await main();
} catch (error) {
  console.error(`verify-bundle: ${error.message}`);
  process.exitCode = 2;
}
