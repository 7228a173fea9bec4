import type { Position } from '../event-store/event-store.js';
import type { KnownCommand } from './accounts-index.js';

/** Position of a command whose append has not come back; above every real one. */
const NOT_YET: Position = 2n ** 63n;

/** Room for some 170 commands. */
const BLOCK_BYTES = 65_536;
/** Blocks that are kept for further commands, 2 MiB: the read models take in some 2 000 at once. */
const SPARE_BLOCKS = 32;
/** That UTF-8 takes for a unit of UTF-16, at most. */
const UTF8_BYTES = 3;

/** A piece of memory that the texts of many commands share. */
class Block {
  readonly bytes: Buffer;
  used = 0;
  commands = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  hasRoomFor(size: number): boolean {
    return this.used + size <= this.bytes.length;
  }

  /** @returns where the text ends */
  write(text: string): number {
    return (this.used += this.bytes.write(text, this.used));
  }
}

/** A booked command that the index may lack. Its position is filled in when its append comes back. */
export class HeldCommand implements KnownCommand {
  position: Position = NOT_YET;

  constructor(
    private block: Block | undefined,
    private readonly start: number,
    private readonly middle: number,
    private readonly end: number,
  ) {}

  get fingerprint(): string {
    return this.text(this.start, this.middle);
  }

  get receipt(): string {
    return this.text(this.middle, this.end);
  }

  /** Others may write where its texts were. @returns the block that it was in; undefined when it had left before */
  leave(): Block | undefined {
    const { block } = this;
    this.block = undefined;
    return block;
  }

  private text(from: number, to: number): string {
    if (!this.block) throw new Error('the command has been forgotten');
    return this.block.bytes.toString('utf8', from, to);
  }
}

/**
 * Holds the texts of commands until the index has them, outside the engine's heap: there each would outlive the young
 * objects, and be what the old ones are collected for, once a second under load. Those that nobody forgets, since
 * their account was dropped, go with their block.
 */
export class HeldCommands {
  private block = new Block(BLOCK_BYTES);
  private readonly spare: Block[] = [];

  hold(fingerprint: string, receipt: string): HeldCommand {
    const block = this.blockFor(UTF8_BYTES * (fingerprint.length + receipt.length));
    block.commands += 1;
    return new HeldCommand(block, block.used, block.write(fingerprint), block.write(receipt));
  }

  /** The index has it. */
  forget(command: HeldCommand): void {
    const block = command.leave();
    if (!block || (block.commands -= 1) > 0) return;
    block.used = 0;
    if (block !== this.block && this.spare.length < SPARE_BLOCKS) this.spare.push(block);
  }

  private blockFor(size: number): Block {
    if (size > BLOCK_BYTES) return new Block(size);
    if (!this.block.hasRoomFor(size)) this.block = this.spare.pop() ?? new Block(BLOCK_BYTES);
    return this.block;
  }
}
