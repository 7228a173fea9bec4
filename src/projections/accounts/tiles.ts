/**
 * Where the entries of an account lie in the log, sixteen together. An index would write a page for nearly every
 * event; here the last few positions travel in a row that is written anyway, and a page is written for sixteen.
 */
export const TILE = 16;

const EMPTY = '[]';

/** Positions since the last full tile, as a column holds them: a text that is added to, for to make one takes longer. */
export class GrowingTile {
  private count: number;

  /** @param column where it goes on from @throws SyntaxError */
  constructor(private column = EMPTY) {
    this.count = column === EMPTY ? 0 : (JSON.parse(column) as readonly number[]).length;
  }

  get text(): string {
    return this.column;
  }

  /** @returns the text of the tile that is full with it; the next one is begun then */
  add(position: number): string | undefined {
    this.column = this.count === 0 ? `[${position}]` : `${this.column.slice(0, -1)},${position}]`;
    this.count += 1;
    if (this.count < TILE) return undefined;
    const full = this.column;
    [this.column, this.count] = [EMPTY, 0];
    return full;
  }
}

/** The first position of a tile. */
export const firstOf = (tile: string): number => Number.parseInt(tile.slice(1));
