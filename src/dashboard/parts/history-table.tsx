import { ZERO } from '../../ledger/domain/amount.js';
import type { HistoryEntry } from '../../projections/history/history-entry.js';
import { accountLabel } from '../format.js';
import type { View } from '../view.js';
import { amountSize } from './amount-size.js';
import { Moment } from './moment.js';

interface HistoryTableProps {
  readonly view: View;
  readonly currency: string;
  readonly entries: readonly HistoryEntry[];
  readonly names: ReadonlyMap<string, string>;
}

/** Entries with the balances after each. Times are in UTC, and the page says so. */
export function HistoryTable({ view, currency, entries, names }: HistoryTableProps) {
  const { details, kinds } = view.t;
  const money = (amount?: string) => (amount === undefined ? '' : view.money(amount, currency));
  const longest = entries
    .flatMap(({ mainAccount, sipAccount }) => [mainAccount.available, sipAccount?.available ?? ''])
    .reduce((a, b) => (a.length > b.length ? a : b), ZERO);
  return (
    <div class="card flush scroll" tabIndex={0} role="region" aria-label={details.title}>
      <table class={`rows history ${amountSize(money(longest))}`}>
        <thead>
          <tr>
            <th scope="col">{details.date}</th>
            <th scope="col">{details.what}</th>
            <th scope="col" class="number">
              {details.amount}
            </th>
            <th scope="col" class="number">
              {details.mainBalance}
            </th>
            <th scope="col" class="number">
              {details.sipBalance}
            </th>
            <th scope="col" class="wide">
              {details.by}
            </th>
          </tr>
        </thead>
        <tbody id="entries" data-part>
          {entries.map((entry) => (
            <tr key={entry.revision} id={`entry-${entry.revision}`}>
              <th scope="row" class="moment">
                <a
                  href={view.onward(view.to(`/history/${entry.revision}`))}
                  title={details.entry(entry.revision)}
                >
                  <Moment view={view} instant={entry.recordedAt} />
                </a>
              </th>
              <td class="what">
                <span class={`kind kind-${entry.type}`}>{kinds[entry.type]}</span>
                {entry.sipAccountId && (
                  <span class="subject">
                    {accountLabel(entry.sipAccountId, names.get(entry.sipAccountId))}
                  </span>
                )}
                {entry.reference && <span class="subject">{entry.reference}</span>}
              </td>
              <td class="number amount">{money(entry.amount)}</td>
              <td class="number balance" data-label={details.mainBalance}>
                {money(entry.mainAccount.available)}
              </td>
              <td class="number balance" data-label={details.sipBalance}>
                {money(entry.sipAccount?.available)}
              </td>
              <td class="wide actor">{entry.actor}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
