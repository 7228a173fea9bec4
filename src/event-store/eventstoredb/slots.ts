import { StoreUnavailable } from '../errors.js';

/** Lets a bounded number of pieces of work run at once; the others wait in the order they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private closed = false;

  constructor(private readonly size: number) {
    this.free = size;
  }

  /** @throws StoreUnavailable closed, nothing was begun */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new StoreUnavailable('the store has been closed');
    await this.take();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  /** Lets no more work in and resolves when what was let in has ended. */
  async close(): Promise<void> {
    this.closed = true;
    for (let taken = 0; taken < this.size; taken++) await this.take();
  }

  private async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
