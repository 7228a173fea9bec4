#!/usr/bin/env node
// Checks an audit bundle of the credit ledger and prints each account's balances.
//
//   node verify-bundle.mjs <bundle> [--checkpoint <file>]... [--key <verifier key>]... [--quiet]
//   node verify-bundle.mjs --proof <file> [--key <verifier key>]...
//
// It needs Node 20 or later and nothing else, and shares no code with the ledger: read it, then trust it.
// The form of what it reads is in docs/reference/events.md, audit-bundle.md and proofs.md.
// Exit codes: 0 sound, 1 discrepancy, 2 could not run.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';

const FIRST_LINE = '{"format":"credit-ledger-bundle","version":1}';
const PREFIX = 'mainAccount-';
const MAX_BALANCE = 9_999_999_999_999_999n;

const sha256 = (...parts) => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};
const hex = (...parts) => sha256(...parts).toString('hex');

/** What was found; beyond a hundred findings only their number. */
const findings = [];
let found = 0;
function bad(where, what) {
  found += 1;
  if (findings.length < 100) findings.push(`${where}: ${what}`);
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
  /^(0|[1-9][0-9]{0,11})\.[0-9]{4}$/.test(amount) && amount !== '0.0000'
    ? BigInt(amount.replace('.', ''))
    : undefined;

function written(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(5, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

const accounts = new Map();

function checkEvent(event) {
  const { stream, revision, id, type, data, metadata } = event;
  const where = `${stream} revision ${revision} (event ${id})`;
  if (!stream.startsWith(PREFIX) || !data || typeof metadata?.hash !== 'string')
    return bad(where, 'is no event of the ledger');
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
  if (metadata.schema !== 1) bad(where, `its schema is ${metadata.schema}`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(metadata.recordedAt))
    bad(where, 'its time is malformed');
  else if (metadata.recordedAt < account.recordedAt)
    bad(where, 'it was recorded before the event ahead of it');

  keep(id);
  Object.assign(account, { revision, hash, recordedAt: metadata.recordedAt });
  book(account, type, data, where);
  return grow(sha256(Buffer.of(0), Buffer.from(hash, 'hex')));
}

/** The first 8 bytes of every id, to find one that occurs twice: ids follow from keys, so it is a key used twice. */
let ids = new BigUint64Array(1 << 16);
let idCount = 0;

function keep(id) {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id)) return;
  if (idCount === ids.length) {
    const more = new BigUint64Array(idCount * 2);
    more.set(ids);
    ids = more;
  }
  ids[idCount++] = BigInt(`0x${id.slice(0, 18).replaceAll('-', '')}`);
}

function checkIds() {
  const sorted = ids.subarray(0, idCount).sort();
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i] === sorted[i - 1])
      bad('keys', `one was used twice: its event id begins with ${sorted[i].toString(16).padStart(16, '0')}`);
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
  if (!/^[A-Za-z0-9._~-]{1,64}$/.test(account.id)) bad(stream, 'is not named after a main account');
  accounts.set(stream, account);
  return account;
}

/** Applies an event to the balances, after checking that it may be applied. */
function book(account, type, { currency, amount, sipAccountId, reference }, where) {
  const value = units(amount);
  const sip = account.sip.get(sipAccountId);
  const moves = type === 'CreditAllocated' || type === 'CreditReclaimed';
  if ((moves || type === 'CreditPurchased') && value === undefined)
    return bad(where, `its amount is ${amount}`);
  if (moves && sip === undefined) return bad(where, `SIP account ${sipAccountId} has not been added`);
  if ((type === 'MainAccountOpened') !== (account.currency === undefined))
    return bad(where, `${type} is out of place`);
  switch (type) {
    case 'MainAccountOpened':
      if (!/^[A-Z]{3}$/.test(currency)) return bad(where, `its currency is ${currency}`);
      account.currency = currency;
      break;
    case 'CreditPurchased':
      if (typeof reference !== 'string') bad(where, 'it has no reference');
      account.purchased += value;
      account.main += value;
      break;
    case 'SipAccountAdded':
      if (sip !== undefined) return bad(where, `SIP account ${sipAccountId} is added a second time`);
      if (!/^[A-Za-z0-9._~-]{1,64}$/.test(sipAccountId)) bad(where, `its SIP account is ${sipAccountId}`);
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
const wanted = new Map();

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
  const expected = wanted.get(tree.size);
  if (expected && !expected.equals(root()))
    bad('checkpoint', `the first ${tree.size} events are not those it was made of`);
}

function readCheckpoint(note, keys) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const signatures = note
    .slice(end + 2)
    .trimEnd()
    .split('\n');
  const signed = signatures.some((line) => keys.some((key) => isSignedWith(text, line, key)));
  if (keys.length > 0 && !signed) throw new Error('the checkpoint is not signed with a key that was given');
  const [, size, rootHash] = text.split('\n');
  return { size: Number(size), root: Buffer.from(rootHash, 'base64') };
}

/** A verifier key is `name+id+base64`; a signature line `— name base64(id, signature)`. */
function isSignedWith(text, line, key) {
  const [name, id, ...rest] = key.split('+');
  const publicKey = Buffer.from(rest.join('+'), 'base64');
  if (hex(`${name}\n`, publicKey).slice(0, 8) !== id || publicKey[0] !== 1)
    throw new Error(`${key} is no verifier key`);
  const [dash, signer, base64] = line.split(' ');
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (dash !== '—' || signer !== name || bytes.toString('hex', 0, 4) !== id) return false;
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey.subarray(1)]);
  return verify(
    null,
    Buffer.from(text),
    createPublicKey({ key: der, format: 'der', type: 'spki' }),
    bytes.subarray(4),
  );
}

/** Checks that an event is in the log of a checkpoint, or that one checkpoint continues another. */
function checkProof(file, keys) {
  const proof = JSON.parse(readFileSync(file, 'utf8'));
  const path = proof.proof.map((hash) => Buffer.from(hash, 'base64'));
  const later = readCheckpoint(proof.checkpoint, keys);
  if (proof.older !== undefined) {
    const older = readCheckpoint(proof.older, keys);
    const roots = older.size >= 1 && older.size <= later.size && joined(older, 0, later.size, true, path);
    return roots && path.length === 0 && roots[0].equals(older.root) && roots[1].equals(later.root);
  }
  const { stream, revision, id, type, data, metadata, leafIndex } = proof;
  const { hash, ...unhashed } = metadata;
  if (hash !== hex(canonical({ stream, revision, id, type, data, metadata: unhashed }))) return false;
  if (leafIndex < 0 || leafIndex >= later.size) return false;
  const leaf = sha256(Buffer.of(0), Buffer.from(hash, 'hex'));
  const made = climbed(leaf, leafIndex, later.size, path);
  return path.length === 0 && made?.equals(later.root);
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

async function readBundle(file) {
  const bundle = {
    events: 0,
    eventsHash: createHash('sha256'),
    heads: [],
    checkpoints: [],
    manifest: undefined,
  };
  const text = pipeline(createReadStream(file), createGunzip(), () => {}).setEncoding('utf8');
  let rest = '';
  let first = true;
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!first) readLine(bundle, line);
      else if (line !== FIRST_LINE) throw new Error(`${file} is no audit bundle that this verifier can read`);
      first = false;
    }
  }
  if (rest !== '') bad(file, 'the last line is cut short');
  return bundle;
}

function readEvent(bundle, text, event) {
  bundle.eventsHash.update(`${text}\n`);
  bundle.events += 1;
  checkEvent(event);
}

function readLine(bundle, text) {
  let line;
  try {
    line = JSON.parse(text);
  } catch {
    return bad('bundle', `a line is no JSON: ${text.slice(0, 60)}`);
  }
  if (typeof line.stream === 'string') return readEvent(bundle, text, line);
  if (line.head) bundle.heads.push(`${text}\n`);
  else if (line.checkpoint) bundle.checkpoints.push(line.checkpoint);
  else if (line.manifest) {
    bundle.manifest = line.manifest;
    if (hex(canonical(line.manifest)) !== line.hash) bad('manifest', 'it does not have the hash beside it');
    bundle.manifestHash = line.hash;
  } else bad('bundle', `a line is of no known kind: ${text.slice(0, 60)}`);
  return undefined;
}

function checkManifest({ manifest, events, eventsHash, heads, checkpoints }) {
  if (!manifest) return bad('bundle', 'it ends before its manifest');
  const made = [...accounts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stream, { revision, hash }]) => `${JSON.stringify({ head: { stream, revision, hash } })}\n`);
  if (manifest.events !== events) bad('manifest', `it counts ${manifest.events} events, the file ${events}`);
  if (manifest.mainAccounts !== accounts.size) bad('manifest', 'it counts other main accounts than the file');
  if (manifest.eventsHash !== eventsHash.digest('hex')) bad('manifest', 'the events do not have its hash');
  if (manifest.headsHash !== hex(heads.join('')) || manifest.headsHash !== hex(made.join('')))
    bad('manifest', 'the heads do not have its hash');
  if (manifest.tree && (manifest.tree.size !== tree.size || manifest.tree.root !== root().toString('base64')))
    bad('manifest', 'its tree is not that of the events');
  for (const { note, verifierKey } of checkpoints) {
    try {
      const { size, root: signed } = readCheckpoint(note, [verifierKey]);
      if (size !== tree.size || !signed.equals(root())) bad('checkpoint', 'it was not made of these events');
    } catch (error) {
      bad('checkpoint', error.message);
    }
  }
  return undefined;
}

function printBalances() {
  for (const { id, revision, currency, purchased, main, sip } of accounts.values()) {
    let sips = 0n;
    for (const value of sip.values()) sips += value;
    if (main + sips !== purchased) bad(id, 'purchased is not what is left');
    console.log(
      `${id} ${currency} purchased ${written(purchased)} = main ${written(main)} + SIP ${written(sips)}, revision ${revision}`,
    );
    for (const [sipAccountId, value] of sip) console.log(`  ${sipAccountId} ${written(value)}`);
  }
}

async function main(positionals, values) {
  if (positionals.length !== 1)
    throw new Error(
      'usage: verify-bundle.mjs <bundle> [--checkpoint <file>] [--key <key>] [--quiet] | --proof <file>',
    );
  for (const file of values.checkpoint) {
    const { size, root: signed } = readCheckpoint(readFileSync(file, 'utf8'), values.key);
    wanted.set(size, signed);
  }
  const bundle = await readBundle(positionals[0]);
  checkManifest(bundle);
  checkIds();
  for (const size of wanted.keys())
    if (size > tree.size) bad('checkpoint', `it was made of ${size} events, but there are only ${tree.size}`);
  if (values.quiet) for (const account of accounts.values()) account.sip.clear();
  else printBalances();
  console.log(`manifest ${bundle.manifestHash}`);
  console.log(`tree ${tree.size} events, root ${root().toString('base64')}`);
  for (const line of findings) console.log(`BAD ${line}`);
  console.log(
    found === 0
      ? `SOUND: ${bundle.events} events of ${accounts.size} main accounts`
      : `DISCREPANCY: ${found} findings`,
  );
  process.exitCode = found === 0 ? 0 : 1;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      checkpoint: { type: 'string', multiple: true, default: [] },
      key: { type: 'string', multiple: true, default: [] },
      proof: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
  if (values.proof !== undefined) {
    const proven = checkProof(values.proof, values.key);
    console.log(proven ? 'PROVEN' : 'NOT PROVEN');
    process.exitCode = proven ? 0 : 1;
  } else await main(positionals, values);
} catch (error) {
  console.error(`verify-bundle: ${error.message}`);
  process.exitCode = error.code?.startsWith('Z_') && accounts.size > 0 ? 1 : 2;
}
