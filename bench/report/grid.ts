/** A table: names to the left, figures to the right. */
export interface Grid {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns from the left that hold names. */
  readonly names: number;
}

/** As Markdown, which is as easy to read in a terminal. */
export function gridText({ head, rows, names }: Grid): string[] {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const padded = (cell: string, column: number): string =>
    column < names ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  const rule = widths.map((width, column) =>
    column < names ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [head.map(padded), rule, ...rows.map((row) => row.map(padded))].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** 12 345 */
export const whole = (figure: number): string =>
  Number.isFinite(figure) ? Math.round(figure).toLocaleString('en-GB').replaceAll(',', ' ') : '';
export const decimal = (figure: number, digits = 1): string =>
  Number.isFinite(figure) ? figure.toFixed(digits) : '';
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
