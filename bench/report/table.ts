import type { Results } from './results.js';

/** The results for a terminal, and as Markdown: the tables are the same. */
export function table({ rows, ratios, warnings, ...run }: Results): string {
  const lines = [
    `${run.when} · ${run.machine} · PostgreSQL ${run.postgres} · ${run.rounds} rounds of ${run.seconds} s, medians`,
    `The cores were shared by the contestant (with its database) and the load generator (${run.generator}).`,
    '',
    ...grid(
      ['', 'accounts', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'spread'],
      rows.map((row) => [
        row.contestant,
        row.scenario,
        String(row.connections),
        Math.round(row.perSecond).toLocaleString('en-GB').replaceAll(',', ' '),
        row.p50.toFixed(1),
        row.p99.toFixed(1),
        row.processor.toFixed(0),
        `${Math.round(row.spread * 100)} %`,
      ]),
    ),
    '',
    ...grid(
      ['ledger against', 'accounts', 'connections', 'rate', 'p99'],
      ratios.map((ratio) => [
        ratio.against,
        ratio.scenario,
        String(ratio.connections),
        `${ratio.rate.toFixed(2)} ×`,
        `${ratio.p99.toFixed(2)} ×`,
      ]),
    ),
  ];
  if (warnings.length > 0)
    lines.push('', 'The machine was noisy:', ...warnings.map((warning) => `- ${warning}`));
  return lines.join('\n') + '\n';
}

/** Words to the left, figures to the right. */
function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)];
}
