import type { Histogram, Registry } from 'prom-client';
import { ByLabels, type Label } from './by-labels.js';

interface About {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly labelNames?: readonly string[];
}

/** What was observed with the same labels: how many in each bucket and beyond the last, and their sum. */
interface Series {
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram that makes the library's figures when it is asked for them. The library's own makes a text of the labels
 * and an object by names of buckets at each observation, which takes five times as long.
 */
export class CountedHistogram {
  readonly name: string;
  private readonly series = new ByLabels<Series>(() => ({
    counts: [...this.about.buckets, Infinity].map(() => 0),
    sum: 0,
  }));

  constructor(
    private readonly about: About,
    registry: Registry,
  ) {
    this.name = about.name;
    // One without labels has figures before anything was observed, as the library's has.
    if (!about.labelNames) this.series.of([]);
    // The registry takes whatever has a name and figures; its types know the library's own classes alone.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** @param labels one for each of the names, in their order */
  observe(value: number, ...labels: readonly Label[]): void {
    const { buckets } = this.about;
    const series = this.series.of(labels);
    let at = 0;
    while (at < buckets.length && value > buckets[at]!) at++;
    series.counts[at]! += 1;
    series.sum += value;
  }

  /** Asked by the registry. */
  get() {
    const { name, help } = this.about;
    return {
      name,
      help,
      type: 'histogram',
      values: this.series.entries.flatMap((entry) => this.values(entry)),
    };
  }

  private values([labels, { counts, sum }]: readonly [readonly Label[], Series]) {
    const { name, buckets, labelNames = [] } = this.about;
    const own = Object.fromEntries(labelNames.map((label, at) => [label, labels[at]]));
    let count = 0;
    const inBuckets = [...buckets, '+Inf'].map((le, at) => {
      count += counts[at]!;
      return { metricName: `${name}_bucket`, labels: { le, ...own }, value: count };
    });
    return [
      ...inBuckets,
      { metricName: `${name}_sum`, labels: own, value: sum },
      { metricName: `${name}_count`, labels: own, value: count },
    ];
  }
}
