import { ActionPage } from '../parts/action-page.js';
import { Field } from '../parts/field.js';
import type { View } from '../view.js';

interface PurchaseProps {
  readonly view: View;
  readonly currency: string;
  readonly idempotencyKey: string;
  readonly amount: string;
  readonly reference: string;
  readonly amountProblem?: string | undefined;
  readonly referenceProblem?: string | undefined;
  readonly problem?: string | undefined;
}

export function PurchasePage(props: PurchaseProps) {
  const { view, currency } = props;
  const { purchase, add } = view.t;
  return (
    <ActionPage
      view={view}
      title={purchase.title}
      intro={purchase.intro(view.mainAccountId ?? '')}
      action={view.to('/purchase')}
      idempotencyKey={props.idempotencyKey}
      submit={purchase.submit}
      problem={props.problem}
    >
      <Field
        name="amount"
        class="money"
        label={`${purchase.amount} (${currency})`}
        help={add.amountHelp}
        value={props.amount}
        problem={props.amountProblem}
        inputMode="decimal"
        autocomplete="off"
        maxLength={64}
        required
        focus
      />
      <Field
        name="reference"
        label={purchase.reference}
        help={purchase.referenceHelp}
        value={props.reference}
        problem={props.referenceProblem}
        autocomplete="off"
        maxLength={140}
        required
      />
    </ActionPage>
  );
}
