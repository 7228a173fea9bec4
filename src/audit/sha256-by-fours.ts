import { endianness } from 'node:os';

/**
 * SHA-256 (FIPS 180-4) of four messages at a time, a word of each in a vector of 128 bits. The runtime's own is quicker
 * at long ones, but each call of it takes longer than to hash what is as short as a node of a tree. The instructions are
 * WebAssembly, written out here: https://webassembly.github.io/spec/core/binary
 */

/** Where things lie in the memory, in bytes: constants of the rounds, states, and blocks with the words made of them. */
const [K_AT, STATE_AT, BLOCK_AT] = [0, 1024, 1152];
const VECTOR = 16;
const ROUNDS = 64;

type Code = readonly number[];

/** Seven bits a byte. */
const leb = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
/** Of these numbers none has a last byte that would make it a negative one. */
const i32 = (value: number): Code => [0x41, ...leb(value)];
const vector = (opcode: number, ...operands: readonly Code[]): Code => [
  ...operands.flat(),
  0xfd,
  ...leb(opcode),
];
const and = (a: Code, b: Code): Code => vector(0x4e, a, b);
const or = (a: Code, b: Code): Code => vector(0x50, a, b);
const xor = (first: Code, ...others: readonly Code[]): Code =>
  others.reduce((all, other) => vector(0x51, all, other), first);
const add = (first: Code, ...others: readonly Code[]): Code =>
  others.reduce((sum, other) => vector(0xae, sum, other), first);
const shift = (a: Code, by: number): Code => vector(0xad, a, i32(by));
const rotate = (a: Code, by: number): Code => or(shift(a, by), vector(0xab, a, i32(32 - by)));

/** Locals: how far a loop has come, in bytes; the sum of a round; the eight words of the state. */
const [AT, SUM, STATE] = [0, 1, 2];
const load = (at: number, base = get(AT)): Code => [...vector(0x00, base), 4, ...leb(at)];
const store = (at: number, value: Code, base = get(AT)): Code => [
  ...vector(0x0b, base, value),
  4,
  ...leb(at),
];
/** Does it at each step, up to an end. */
const loop = (step: number, end: number, body: Code): Code => {
  const next = [...get(AT), ...i32(step), 0x6a];
  const again = [...get(AT), ...i32(end), 0x49, 0x0d, 0];
  return [...set(AT, i32(0)), 0x03, 0x40, ...body, ...set(AT, next), ...again, 0x0b];
};

/** Makes the other 48 words out of the sixteen of the block. */
function schedule(): Code {
  const [w16, w15, w7, w2] = [0, 1, 9, 14].map((n) => load(BLOCK_AT + VECTOR * n)) as Four;
  const s0 = xor(rotate(w15, 7), rotate(w15, 18), shift(w15, 3));
  const s1 = xor(rotate(w2, 17), rotate(w2, 19), shift(w2, 10));
  const word = store(BLOCK_AT + VECTOR * 16, add(w16, s0, w7, s1));
  return loop(VECTOR, VECTOR * (ROUNDS - 16), word);
}

/** Eight rounds at a step: each moves the words of the state on by one, after eight they are where they were. */
function rounds(): Code {
  const code: number[] = [];
  for (let round = 0; round < 8; round++) {
    const local = (n: number): number => STATE + ((n + 8 - round) % 8);
    const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => get(local(n))) as Eight;
    const choice = xor(g, and(e, xor(f, g)));
    const majority = or(and(a, b), and(c, or(a, b)));
    const S1 = xor(rotate(e, 6), rotate(e, 11), rotate(e, 25));
    const S0 = xor(rotate(a, 2), rotate(a, 13), rotate(a, 22));
    const [k, word] = [load(K_AT + VECTOR * round), load(BLOCK_AT + VECTOR * round)];
    code.push(...set(SUM, add(h, k, word, choice, S1)));
    code.push(...set(local(3), add(d, get(SUM))), ...set(local(7), add(S0, majority, get(SUM))));
  }
  return loop(VECTOR * 8, VECTOR * ROUNDS, code);
}

function compression(): Code {
  const state = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({ local: STATE + n, at: STATE_AT + VECTOR * n }));
  const none = i32(0);
  const begin = state.flatMap(({ local, at }) => set(local, load(at, none)));
  const end = state.flatMap(({ local, at }) => store(at, add(load(at, none), get(local)), none));
  return [...schedule(), ...begin, ...rounds(), ...end];
}

type Four = [Code, Code, Code, Code];
type Eight = [...Four, ...Four];

const MAGIC_AND_VERSION = [...Buffer.from('\0asm'), 1, 0, 0, 0];

/** A module with a memory, `m`, and a function without parameters, `c`. */
function moduleOf(code: Code): Uint8Array<ArrayBuffer> {
  const section = (id: number, ...content: Code): Code => [id, ...leb(content.length), ...content];
  const [i32Type, v128Type] = [0x7f, 0x7b];
  const body = [2, 1, i32Type, 9, v128Type, ...code, 0x0b];
  return Uint8Array.of(
    ...MAGIC_AND_VERSION,
    ...section(1, 1, 0x60, 0, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 2, 1, 0x6d, 2, 0, 1, 0x63, 0, 0),
    ...section(10, 1, ...leb(body.length), ...body),
  );
}

const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && !Array.from({ length: 16 }, (_, d) => d + 2).some((d) => d < n && n % d === 0),
);

/** The first 32 bits of the fraction of each root, for each of the four. */
const fourEach = (roots: readonly number[]): Uint32Array =>
  Uint32Array.from(roots.flatMap((root) => Array<number>(4).fill(Math.floor((root % 1) * 2 ** 32))));

const INITIAL_STATE = fourEach(PRIMES.slice(0, 8).map(Math.sqrt));

/** Four messages on their way: word n of message m is the (4 n + m)th. */
export class FourMessages {
  /** Sixteen words of each. */
  readonly block: Uint32Array;
  /** Eight words of each: in the end the hashes. */
  readonly state: Uint32Array;
  /** Takes the block into the state. */
  readonly compress: () => void;

  /** @throws WebAssembly.CompileError on a processor without vectors */
  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleOf(compression())));
    const { buffer } = exports['m'] as WebAssembly.Memory;
    new Uint32Array(buffer, K_AT, 4 * ROUNDS).set(fourEach(PRIMES.map(Math.cbrt)));
    this.block = new Uint32Array(buffer, BLOCK_AT, 4 * 16);
    this.state = new Uint32Array(buffer, STATE_AT, 4 * 8);
    this.compress = exports['c'] as () => void;
  }

  begin(): void {
    this.state.set(INITIAL_STATE);
  }
}

/** Null where the processor has no such vectors or puts the larger end of a word first, or no memory can be had. */
export function fourMessages(): FourMessages | null {
  try {
    return endianness() === 'LE' ? new FourMessages() : null;
  } catch {
    return null;
  }
}
