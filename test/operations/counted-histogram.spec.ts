import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, double, oneof, tuple } from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { CountedHistogram } from '../../src/operations/counted-histogram.js';

const BUCKETS = [0.001, 0.5, 1, 10];
const about = { name: 'ledger_test_seconds', help: 'Figures of a test', buckets: BUCKETS };
const labelNames = ['method', 'status'] as const;

const value = oneof(constantFrom(...BUCKETS, 0, 11), double({ min: 0, max: 20, noNaN: true }));
const labels = tuple(constantFrom('GET', 'POST', 'a "quoted"\nname'), constantFrom(200, 404));

describe('a counted histogram', () => {
  it("tells what the library's own tells", async () => {
    await assert(
      asyncProperty(array(tuple(value, labels)), async (observations) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const counted = new CountedHistogram({ ...about, labelNames }, ours);
        const own = new Histogram({ ...about, labelNames, registers: [theirs] });
        for (const [seconds, [method, status]] of observations) {
          counted.observe(seconds, method, status);
          own.observe({ method, status }, seconds);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
      }),
    );
  });

  it('has figures without labels before anything was observed', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const counted = new CountedHistogram(about, ours);
    const own = new Histogram({ ...about, registers: [theirs] });
    expect(await ours.metrics()).toBe(await theirs.metrics());
    for (const each of [counted, own]) each.observe(0.7);
    expect(await ours.metrics()).toBe(await theirs.metrics());
  });

  it('has a name of its own in its registry', () => {
    const registry = new Registry();
    const make = () => new CountedHistogram(about, registry);
    make();
    expect(make).toThrow('already been registered');
  });
});
