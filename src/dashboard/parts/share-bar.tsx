const WIDTH = 1000;
/** Below this a part could not be seen on a phone, where the gap between two takes half of it. */
const LEAST = 16;

export interface Share {
  readonly name: string;
  /** Canonical amount, for the width; numbers are for drawing only. */
  readonly amount: string;
  readonly text: string;
}

/** How credit is spread: one bar of parts, and what each part is. Parts are told apart by order and pattern of light too. */
export function ShareBar({ shares, label }: { shares: readonly Share[]; label: string }) {
  const total = shares.reduce((sum, { amount }) => sum + Number(amount), 0);
  let x = 0;
  const parts = shares.map((share, index) => {
    const width = Math.max(LEAST, Math.round((Number(share.amount) / total) * WIDTH));
    const part = { ...share, index, x, width };
    x += width;
    return part;
  });
  return (
    <figure class="share">
      <figcaption>{label}</figcaption>
      <svg viewBox={`0 0 ${x} 10`} preserveAspectRatio="none" aria-hidden="true">
        {parts.map((part) => (
          <rect
            key={part.name}
            class={`share-${part.index}`}
            x={part.x}
            y="0"
            width={part.width}
            height="10"
          />
        ))}
      </svg>
      <ul class="legend">
        {parts.map((part) => (
          <li key={part.name}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`share-${part.index}`} width="10" height="10" rx="2" />
            </svg>
            <span>{part.name}</span> <b>{part.text}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}
