const BAR = 22;
const LEFT = 190;
const WIDTH = 800;
const FILLS = { ledger: '#0b6e4f', other: '#5b7db1', ceiling: '#c9ced6' };

export interface Bar {
  readonly name: string;
  readonly length: number;
  /** Stands beside it. */
  readonly text: string;
  readonly kind: keyof typeof FILLS;
}

/** Bars below each other, the longest first, as SVG. */
export function chart(title: string, bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ length }) => length));
  const sorted = bars.toSorted((a, b) => b.length - a.length);
  const height = 60 + sorted.length * (BAR + 8);
  const drawn = sorted.map(({ name, length, text, kind }, index) => {
    const y = 44 + index * (BAR + 8);
    const width = Math.max(1, (length / longest) * (WIDTH - LEFT - 200));
    return (
      `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${name}</text>` +
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${FILLS[kind]}"/>` +
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 15}">${text}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">`,
    `<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:15px}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/><text class="title" x="16" y="26">${title}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
