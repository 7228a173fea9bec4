/** How long commits gather while somebody looks at the read models, but waits for none of them, in milliseconds. */
const PAUSE_MS = 10;
/** And while nobody looks. */
const REST_MS = 125;

/**
 * Lets commits gather between two batches. A busy log then costs the read models a transaction every few
 * milliseconds instead of one for every commit, which is a third of their work; and an account that many commits touch
 * is written once. Whoever waits ends the pause.
 */
export class Pace {
  private hurried = false;
  private watched = false;
  private end: (() => void) | undefined;

  /** Ends the pause, or leaves out the next one: somebody waits for what may only just have been committed. */
  hurry(): void {
    this.hurried = true;
    this.end?.();
  }

  /** From now on somebody looks, or nobody does. */
  watch(on: boolean): void {
    this.watched = on;
    if (on) this.hurry();
  }

  async pause(): Promise<void> {
    if (!this.hurried)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.watched ? PAUSE_MS : REST_MS);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.hurried = false;
    this.end = undefined;
  }
}
