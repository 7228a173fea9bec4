import cliProgress from 'cli-progress';

const LINE_EVERY_MS = 5_000;

/**
 * Tells how far a long run is, until it ends.
 * @param verb what is being done, such as `verified`
 * @param total what it counts to, such as a position; 0 if it is not known
 */
export async function withProgress<Result>(
  verb: string,
  total: number,
  run: (progress: Progress) => Promise<Result>,
  output?: NodeJS.WriteStream,
): Promise<Result> {
  const progress = new Progress(verb, total, output);
  try {
    return await run(progress);
  } finally {
    // However it ends: the timer of a bar would keep the process alive.
    progress.end();
  }
}

/** A bar on a terminal, plain lines elsewhere. Both go to stderr. */
class Progress {
  private readonly started = performance.now();
  private lastLine = this.started;
  private readonly bar: cliProgress.SingleBar | undefined;

  constructor(
    private readonly verb: string,
    private readonly total: number,
    private readonly output: NodeJS.WriteStream = process.stderr,
  ) {
    if (!output.isTTY || total === 0) return;
    this.bar = new cliProgress.SingleBar({
      format: `${verb} [{bar}] {percentage}% | {events} events | {rate} events/s | {eta_formatted} left`,
      stream: output,
      hideCursor: true,
      etaBuffer: 50,
      clearOnComplete: true,
    });
    this.bar.start(total, 0, { events: 0, rate: 0 });
  }

  update(events: number, done: number): void {
    const seconds = (performance.now() - this.started) / 1000;
    const rate = Math.round(events / Math.max(seconds, 0.001));
    if (this.bar)
      this.bar.update(Math.min(done, this.total), { events: grouped(events), rate: grouped(rate) });
    else if (performance.now() - this.lastLine >= LINE_EVERY_MS) {
      this.lastLine = performance.now();
      const share = this.total > 0 ? Math.min(done / this.total, 1) : 0;
      const left = share > 0 ? `, ${Math.round(seconds / share - seconds)} s left` : '';
      const percent = share > 0 ? ` (${Math.round(share * 100)} %)` : '';
      this.output.write(
        `${this.verb} ${grouped(events)} events${percent}, ${grouped(rate)} events/s${left}\n`,
      );
    }
  }

  end(): void {
    this.bar?.stop();
  }
}

const grouped = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ');
