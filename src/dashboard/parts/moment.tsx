import type { View } from '../view.js';

/** A day and a time of day. Each stays in one piece, and the time may go below the day. */
export function Moment({ view, instant }: { view: View; instant: string }) {
  return (
    <time dateTime={instant}>
      <span>{view.date(instant)}</span> <span>{view.time(instant)}</span>
    </time>
  );
}
