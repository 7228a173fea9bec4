import type { HistoryEntry } from '../../projections/history/history-entry.js';
import { Layout } from '../parts/layout.js';
import type { View } from '../view.js';

export interface EventPageProps {
  readonly view: View;
  readonly currency: string;
  readonly entry: HistoryEntry;
  /** The hash of the entry before it; undefined for the first. */
  readonly previousHash: string | undefined;
  /** As the log holds it, for staff. */
  readonly stored: StoredEvent | undefined;
}

interface StoredEvent {
  readonly position: bigint;
  /** JSON, as it was written. */
  readonly data: string;
  readonly metadata: string;
}

/** One entry with everything that identifies and proves it. */
export function EventPage({ view, currency, entry, previousHash, stored }: EventPageProps) {
  const { event, kinds, back } = view.t;
  const money = (amount?: string) => amount && view.money(amount, currency);
  return (
    <Layout view={view} title={event.title(entry.revision)} at="history">
      <div class="card">
        <h1>
          {kinds[entry.type]} <small>{event.title(entry.revision)}</small>
        </h1>
        <p class="lead">{event.intro}</p>
        <Details
          rows={[
            [event.account, entry.sipAccountId],
            [event.amount, money(entry.amount)],
            [event.reference, entry.reference],
            [event.recordedAt, entry.recordedAt],
            [event.actor, entry.actor],
          ]}
        />
        <h2>{event.balances}</h2>
        <Details
          rows={[
            [event.main, money(entry.mainAccount.available)],
            [event.sips, money(entry.sipAccounts.available)],
            [event.sip, money(entry.sipAccount?.available)],
          ]}
        />
        <h2>{event.raw}</h2>
        <Details
          code
          rows={[
            [event.type, entry.type],
            [event.stream, `mainAccount-${view.mainAccountId}`],
            [event.revision, String(entry.revision)],
            [event.position, stored && String(stored.position)],
            [event.id, entry.eventId],
            [event.key, entry.idempotencyKey],
            [event.previousHash, previousHash],
            [event.hash, entry.hash],
            ...(stored ? causesOf(stored.metadata, event) : []),
          ]}
        />
        {stored && (
          <>
            <Json title={event.data} text={stored.data} />
            <Json title={event.metadata} text={stored.metadata} />
          </>
        )}
        <nav class="pages" aria-label={view.t.pages}>
          <a href={`${view.backTo('/history')}#entry-${entry.revision}`}>{back}</a>
        </nav>
      </div>
    </Layout>
  );
}

type Rows = readonly (readonly [string, string | undefined])[];

/** What the event belongs to, and what led to it. Nothing for a text that somebody has damaged: it is shown as it is. */
function causesOf(metadata: string, { correlation, causation }: View['t']['event']): Rows {
  try {
    const { $correlationId, $causationId } = JSON.parse(metadata) as Readonly<Record<string, unknown>>;
    return [
      [correlation, textOf($correlationId)],
      [causation, textOf($causationId)],
    ];
  } catch {
    return [];
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The text of the log: what a hash is checked against. */
function Json({ title, text }: { title: string; text: string }) {
  return (
    <figure class="json">
      <figcaption>{title}</figcaption>
      <pre>{withFormatsShown(text)}</pre>
    </figure>
  );
}

/** Characters that change how others look stand as JSON writes them too: the same text, and nothing hidden in it. */
const withFormatsShown = (json: string): string =>
  json.replaceAll(/\p{Cf}/gu, (format) => format.replaceAll(/[^]/g, escapeOf));

const escapeOf = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

function Details({ rows, code }: { rows: Rows; code?: boolean }) {
  return (
    <dl class={`details ${code ? 'code' : ''}`}>
      {rows
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
