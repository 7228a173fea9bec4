import { accountLabel } from '../format.js';
import { LONGEST_ACCOUNT, type HistoryFilter } from '../history-filter.js';
import type { View } from '../view.js';
import { Field } from './field.js';

export interface FilterProps {
  readonly view: View;
  readonly filter: HistoryFilter;
  /** To choose from. */
  readonly accounts: readonly { readonly sipAccountId: string; readonly name: string | undefined }[];
  /** How many SIP accounts may be meant, when the filter names none. */
  readonly fits?: number | undefined;
  /** By the ids of the SIP accounts that have one. */
  readonly names: ReadonlyMap<string, string>;
}

/** What a history is narrowed down to, to change it. */
export function FilterForm({ view, filter, names, accounts, fits }: FilterProps) {
  const { details, kinds, clear } = view.t;
  const narrowed = Object.values(filter).some(Boolean);
  return (
    <form method="get" action={view.to('/history')} class="toolbar filter" role="search">
      <Field
        name="account"
        label={details.account}
        value={accountLabel(filter.account, names.get(filter.account))}
        problem={fits === undefined ? undefined : details.accountUnclear(filter.account, fits)}
        focus={fits !== undefined}
        list="accounts"
        autocomplete="off"
        maxLength={LONGEST_ACCOUNT}
      />
      <datalist id="accounts">
        {accounts.map(({ sipAccountId, name }) => (
          <option key={sipAccountId} value={accountLabel(sipAccountId, name)} />
        ))}
      </datalist>
      <div class="field">
        <label for="kind">{details.kind}</label>
        <select id="kind" name="kind">
          <option value="">{details.allKinds}</option>
          {Object.entries(kinds).map(([kind, text]) => (
            <option key={kind} value={kind} selected={kind === filter.kind}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <Field name="since" type="date" label={details.from} value={filter.since} />
      <Field name="until" type="date" label={details.to} value={filter.until} />
      <button class="button secondary">{details.filter}</button>
      {narrowed && <a href={view.to('/history')}>{clear}</a>}
    </form>
  );
}

/** The same in words: on paper there is no form, and a part of a history has to say that it is one. */
export function FilterOnPaper({ view, filter, names }: FilterProps) {
  const { details, kinds } = view.t;
  const said = [
    [details.account, accountLabel(filter.account, names.get(filter.account))],
    [details.kind, filter.kind && kinds[filter.kind]],
    [details.from, filter.since && view.date(filter.since)],
    [details.to, filter.until && view.date(filter.until)],
  ].filter(([, value]) => value);
  if (said.length === 0) return null;
  return <p class="on-paper">{said.map((part) => part.join(': ')).join(' · ')}</p>;
}
