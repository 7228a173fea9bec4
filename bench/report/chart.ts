import type { Row } from './results.js';

const BAR = 22;
const LEFT = 150;
const WIDTH = 760;

/** A bar a contestant: requests a second, with p99 beside it. */
export function chart(title: string, rows: readonly Row[]): string {
  const longest = Math.max(...rows.map(({ perSecond }) => perSecond));
  const sorted = rows.toSorted((a, b) => b.perSecond - a.perSecond);
  const height = 60 + sorted.length * (BAR + 8);
  const bars = sorted.map((row, index) => {
    const y = 44 + index * (BAR + 8);
    const width = Math.max(1, (row.perSecond / longest) * (WIDTH - LEFT - 200));
    const fill = row.contestant === 'ledger' ? '#0b6e4f' : row.scenario === 'answer' ? '#c9ced6' : '#5b7db1';
    const figures = `${Math.round(row.perSecond)} /s, p99 ${row.p99.toFixed(1)} ms`;
    return (
      `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${row.contestant}</text>` +
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/>` +
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 15}">${figures}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">`,
    `<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:15px}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/><text class="title" x="16" y="26">${title}</text>`,
    ...bars,
    '</svg>\n',
  ].join('\n');
}
