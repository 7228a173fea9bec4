/** A balance from an instant on. */
export interface Point {
  /** Milliseconds since 1970, or the number of the movement. */
  readonly at: number;
  /** Canonical amount. Drawing is the one place where money becomes a number: a pixel needs no cents. */
  readonly balance: string;
}

/**
 * The line of a balance over time, as an SVG path: level until the next movement, then straight up or down.
 * Zero is at the bottom.
 * @param points oldest first, at least one
 * @param end when the last balance ends, on the scale of `at`
 */
export function stepPath(points: readonly Point[], end: number, width: number, height: number): string {
  const highest = Math.max(...points.map(({ balance }) => Number(balance)));
  const start = points[0]?.at ?? 0;
  const x = (at: number) => round(end > start ? ((at - start) / (end - start)) * width : 0);
  const y = (balance: string) => round(height - (highest > 0 ? Number(balance) / highest : 0) * height);
  const steps = points.map(({ at, balance }, index) =>
    index === 0 ? `M0 ${y(balance)}` : `H${x(at)}V${y(balance)}`,
  );
  return `${steps.join('')}H${width}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
