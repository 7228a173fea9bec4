/**
 * Where the entries of an account lie in the log, sixteen together. An index would write a page for nearly every
 * event; here the last few positions travel in a row that is written anyway, and a page is written for sixteen.
 */
export const TILE = 16;

const EMPTY = '[]';

/**
 * Positions since the last full tile. As a text, which a column holds, they are added to when it is asked for: to make
 * all of it anew takes longer, and a build, which seldom asks, would leave a text for each event to the collector.
 */
export class GrowingTile {
  private written: string;
  private count: number;
  /** Those that the text lacks. */
  private rest: number[] = [];

  /** @param column where it goes on from @throws SyntaxError */
  constructor(column = EMPTY) {
    this.written = column;
    this.count = column === EMPTY ? 0 : (JSON.parse(column) as readonly number[]).length;
  }

  get text(): string {
    if (this.rest.length > 0) {
      const begun = this.written === EMPTY ? '[' : `${this.written.slice(0, -1)},`;
      this.written = `${begun}${this.rest.join()}]`;
      this.rest = [];
    }
    return this.written;
  }

  /** @returns the text of the tile that is full with it; the next one is begun then */
  add(position: number): string | undefined {
    this.rest.push(position);
    this.count += 1;
    if (this.count < TILE) return undefined;
    const full = this.text;
    [this.written, this.count] = [EMPTY, 0];
    return full;
  }
}

/** The first position of a tile. */
export const firstOf = (tile: string): number => Number.parseInt(tile.slice(1));
