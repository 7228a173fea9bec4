import { expect, it } from '@jest/globals';
import { array, assert, boolean, property, string, tuple } from 'fast-check';
import { HeldCommands, type HeldCommand } from '../../src/ledger/held-commands.js';

const text = string({ unit: 'grapheme', maxLength: 5000 });
/** Texts of a command, and whether one is forgotten when it comes: the oldest, or the newest. */
const steps = array(tuple(text, text, boolean(), boolean()), { maxLength: 200 });

it('gives back the texts of every command that is held, whatever was forgotten meanwhile', () => {
  assert(
    property(steps, (all) => {
      const held = new HeldCommands();
      const kept: { command: HeldCommand; fingerprint: string; receipt: string }[] = [];
      for (const [fingerprint, receipt, one, oldest] of all) {
        kept.push({ command: held.hold(fingerprint, receipt), fingerprint, receipt });
        const gone = one ? (oldest ? kept.shift() : kept.pop()) : undefined;
        if (gone) held.forget(gone.command);
        for (const { command, ...texts } of kept) expect(textsOf(command)).toEqual(texts);
      }
    }),
    { numRuns: 50 },
  );
});

it('holds a command that is larger than what many share', () => {
  const held = new HeldCommands();
  const small = held.hold('small', 'receipt');
  const large = held.hold('large', 'ä€'.repeat(100_000));
  expect(textsOf(large)).toEqual({ fingerprint: 'large', receipt: 'ä€'.repeat(100_000) });
  held.forget(large);
  expect(textsOf(small)).toEqual({ fingerprint: 'small', receipt: 'receipt' });
});

it('gives nothing for a command that was forgotten, once or twice, instead of what lies there now', () => {
  const held = new HeldCommands();
  const command = held.hold('mine', 'my receipt');
  held.forget(command);
  held.forget(command);
  const others = [held.hold('other', 'their receipt'), held.hold('another', 'and theirs')];
  expect(() => command.receipt).toThrow('the command has been forgotten');
  expect(() => command.fingerprint).toThrow('the command has been forgotten');
  expect(others.map(textsOf)).toEqual([
    { fingerprint: 'other', receipt: 'their receipt' },
    { fingerprint: 'another', receipt: 'and theirs' },
  ]);
});

it('keeps apart the many that follow after all were forgotten again and again', () => {
  const held = new HeldCommands();
  for (let at = 0; at < 100; at++) held.forget(held.hold('gone', 'receipt'));
  const texts = Array.from({ length: 500 }, (_, at) => ({
    fingerprint: `${at}`,
    receipt: `${at}`.repeat(100),
  }));
  const commands = texts.map(({ fingerprint, receipt }) => held.hold(fingerprint, receipt));
  expect(commands.map(textsOf)).toEqual(texts);
});

it('takes no more memory for commands that come and go than for those that are there at once', () => {
  const held = new HeldCommands();
  const receipt = 'x'.repeat(400);
  const kept: HeldCommand[] = [];
  const before = process.memoryUsage().arrayBuffers;
  for (let at = 0; at < 200_000; at++) {
    kept.push(held.hold('fingerprint', receipt));
    if (kept.length > 5000) held.forget(kept.shift()!);
  }
  // 5 000 of 411 bytes are 2 MB; all of them would be 82.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(6e6);
});

const textsOf = ({ fingerprint, receipt }: HeldCommand): { fingerprint: string; receipt: string } => ({
  fingerprint,
  receipt,
});
