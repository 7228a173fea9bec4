/** A look counts for so many milliseconds, and for up to as many again. */
const LOOK_MS = 2000;

/** Whether somebody looks at the read models, or did a little while ago. */
export class Watch {
  private timer: NodeJS.Timeout | undefined;
  private looked = false;

  /** @param onChange told when somebody begins to look, and when nobody does any more */
  constructor(private readonly onChange: (on: boolean) => void) {}

  get on(): boolean {
    return this.timer !== undefined;
  }

  /** Somebody looks. @returns whether somebody has been looking */
  look(): boolean {
    this.looked = true;
    if (this.on) return true;
    this.timer = setTimeout(() => this.rest(), LOOK_MS).unref();
    this.onChange(true);
    return false;
  }

  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private rest(): void {
    if (this.looked) {
      this.looked = false;
      this.timer?.refresh();
    } else {
      this.end();
      this.onChange(false);
    }
  }
}
