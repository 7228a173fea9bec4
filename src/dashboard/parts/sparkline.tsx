import { stepPath } from './step-path.js';

const WIDTH = 96;
const HEIGHT = 24;

/** The last balances of one account, small enough for a row. */
export function Sparkline({ balances, label }: { balances: readonly string[]; label: string }) {
  if (balances.length < 2) return null;
  const points = balances.map((balance, at) => ({ at, balance }));
  const line = stepPath(points, points.length, WIDTH, HEIGHT);
  return (
    <svg class="spark" viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} role="img" aria-label={label}>
      <path class="spark-area" d={`${line}V${HEIGHT}H0Z`} />
      <path class="spark-line" d={line} />
    </svg>
  );
}
