import { ZERO } from '../../ledger/domain/amount.js';
import { accountLabel, formatInput } from '../format.js';
import { ActionPage } from '../parts/action-page.js';
import { AmountField } from '../parts/amount-field.js';
import { amountSize } from '../parts/amount-size.js';
import type { View } from '../view.js';

interface AddCreditProps {
  readonly view: View;
  readonly sipAccountId: string;
  readonly name: string | undefined;
  readonly currency: string;
  /** On the main account. */
  readonly available: string;
  /** On the SIP account. */
  readonly has: string;
  readonly idempotencyKey: string;
  /** What was typed, or chosen from the quick amounts. */
  readonly amount: string;
  readonly quickAmounts: readonly string[];
  readonly amountProblem?: string | undefined;
  readonly problem?: string | undefined;
}

export function AddCreditPage(props: AddCreditProps) {
  const { view, sipAccountId, currency, available } = props;
  const { t } = view;
  const account = accountLabel(sipAccountId, props.name);
  const nothing = available === ZERO;
  return (
    <ActionPage
      view={view}
      title={t.add.title}
      intro={t.add.intro(account)}
      action={view.toSip(sipAccountId, '/add-credit')}
      idempotencyKey={props.idempotencyKey}
      submit={t.add.submit}
      problem={props.problem}
      above={
        <dl class="figures">
          <div>
            <dt>{t.add.available}</dt>
            <Amount text={view.money(available, currency)} />
          </div>
          <div>
            <dt>{t.add.has(account)}</dt>
            <Amount text={view.money(props.has, currency)} />
          </div>
        </dl>
      }
    >
      {nothing && <p>{t.add.nothing}</p>}
      <AmountField view={view} currency={currency} value={props.amount} problem={props.amountProblem} focus />
      {view.shopUrl && (nothing || props.amountProblem) && (
        <p>
          <a href={view.shopUrl}>{t.add.toShop}</a>
        </p>
      )}
      {!nothing && <QuickAmounts {...props} />}
    </ActionPage>
  );
}

const Amount = ({ text }: { text: string }) => <dd class={amountSize(text)}>{text}</dd>;

/** Links, so that they work without script; the script fills in the field without leaving the page. */
function QuickAmounts({ view, sipAccountId, currency, available, quickAmounts }: AddCreditProps) {
  const { t } = view;
  const href = (amount: string) => {
    const query = new URLSearchParams({ amount, ...(view.from && { from: view.from }) });
    return `${view.toSip(sipAccountId, '/add-credit')}?${query.toString()}`;
  };
  return (
    <ul class="chips" aria-label={t.add.quick}>
      {quickAmounts.map((amount) => (
        <li key={amount}>
          <a href={href(amount)} data-fill={formatInput(amount, view.language)}>
            {view.money(amount, currency)}
          </a>
        </li>
      ))}
      <li>
        <a href={href(available)} data-fill={formatInput(available, view.language)}>
          {t.add.all}
        </a>
      </li>
    </ul>
  );
}
