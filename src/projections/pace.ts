/** How long commits gather while nobody waits for them, in milliseconds. */
const PAUSE_MS = 10;

/**
 * Lets commits gather between two batches. A busy log then costs the read models a transaction every few
 * milliseconds instead of one for every commit, which is a third of their work. Whoever waits ends the pause.
 */
export class Pace {
  private hurried = false;
  private end: (() => void) | undefined;

  /** Ends the pause, or leaves out the next one: somebody waits for what may only just have been committed. */
  hurry(): void {
    this.hurried = true;
    this.end?.();
  }

  async pause(): Promise<void> {
    if (!this.hurried)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE_MS);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.hurried = false;
    this.end = undefined;
  }
}
