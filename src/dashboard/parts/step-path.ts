/** A balance from an instant on. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Canonical amount. Drawing is the one place where money becomes a number: a pixel needs no cents. */
  readonly balance: string;
}

/**
 * The line of a balance over time, as an SVG path: level until the next movement, then straight up or down.
 * Time runs over the whole width, or evenly per movement; zero is at the bottom.
 * @param points oldest first, at least one
 */
export function stepPath(
  points: readonly Point[],
  { width, height, by }: { width: number; height: number; by: 'time' | 'movement' },
): string {
  const highest = Math.max(...points.map(({ balance }) => Number(balance)));
  const places = points.map(({ at }, index) => (by === 'time' ? at : index));
  const first = places[0] ?? 0;
  const span = (places.at(-1) ?? 0) - first;
  const x = (place: number) => round(span > 0 ? ((place - first) / span) * width : 0);
  const y = ({ balance }: Point) => round(height - (highest > 0 ? Number(balance) / highest : 0) * height);
  const steps = points.map((point, index) =>
    index === 0 ? `M0 ${y(point)}` : `H${x(places[index] ?? 0)}V${y(point)}`,
  );
  return `${steps.join('')}H${width}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
