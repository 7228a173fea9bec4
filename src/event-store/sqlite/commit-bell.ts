import { BroadcastChannel } from 'node:worker_threads';

/** How long a follower sleeps at most, in milliseconds: the bell is not heard from another process. */
const FALLBACK_MS = 500;

/** Every thread of this process that names the same file meets on the same channel. */
const channelOf = (file: string): BroadcastChannel => new BroadcastChannel(`commits to ${file}`);

/** Rung by the writer after each commit. */
export class CommitBell {
  private readonly channel: BroadcastChannel;

  /** @param file absolute, symbolic links resolved */
  constructor(file: string) {
    this.channel = channelOf(file);
    this.channel.unref();
  }

  ring(): void {
    this.channel.postMessage(undefined);
  }

  close(): void {
    this.channel.close();
  }
}

/** Hears the bell for one follower. */
export class CommitListener {
  private readonly channel: BroadcastChannel;
  private rung = false;
  private wake: (() => void) | undefined;

  /** @param file absolute, symbolic links resolved */
  constructor(file: string) {
    this.channel = channelOf(file);
    this.channel.addEventListener('message', () => {
      this.rung = true;
      this.wake?.();
    });
    this.channel.unref();
  }

  /** Resolves at once when the bell has rung since the last call; else when it rings, on abort, or after a while. */
  async heard(signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) await this.sleep(signal);
    this.rung = false;
  }

  close(): void {
    this.channel.close();
  }

  private sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, FALLBACK_MS);
      signal.addEventListener('abort', wake);
      this.wake = wake;
    });
  }
}
