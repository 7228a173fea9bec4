import type { View } from '../view.js';

/**
 * How old the figures are. Without script it says when the page was made; the script turns it into a mark of
 * the connection, with the texts that stand here, so that it needs none of its own.
 */
export function Freshness({ view, asOf, behind }: { view: View; asOf: string; behind: boolean }) {
  const { fresh } = view.t;
  return (
    <p
      class="fresh"
      id="fresh"
      role="status"
      data-state={behind ? 'behind' : 'still'}
      data-live={fresh.live}
      data-connecting={fresh.connecting}
      data-lost={fresh.lost}
      data-behind={fresh.behind}
    >
      <span class="fresh-mark" aria-hidden="true" />
      <span class="fresh-text">{behind ? fresh.behind : fresh.asOf(`${view.time(asOf)} UTC`)}</span>
    </p>
  );
}
