import { stepPath, type Point } from './step-path.js';

const WIDTH = 1000;
const HEIGHT = 200;

interface BalanceChartProps {
  readonly points: readonly Point[];
  /** When the last balance ends: milliseconds since 1970. */
  readonly end: number;
  readonly label: string;
  /** What stands at the top of the scale; the bottom is zero. */
  readonly highest: string;
  readonly zero: string;
  readonly from: string;
  readonly to: string;
}

/**
 * A balance over time, drawn on the server: it needs no script, prints as it is and follows the colour scheme.
 * The drawing stretches with the page; its labels are text around it, so they stay readable.
 */
export function BalanceChart({ points, end, label, highest, zero, from, to }: BalanceChartProps) {
  const line = stepPath(points, end, WIDTH, HEIGHT);
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <div class="chart-scale" aria-hidden="true">
        <span>{highest}</span>
        <span>{zero}</span>
      </div>
      <svg viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path class="chart-grid" d={`M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`} />
        <path class="chart-area" d={`${line}V${HEIGHT}H0Z`} />
        <path class="chart-line" d={line} />
      </svg>
      <div class="chart-time" aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </figure>
  );
}
