import { ActionPage } from '../parts/action-page.js';
import { AmountField } from '../parts/amount-field.js';
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
  const { purchase } = view.t;
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
      <AmountField
        view={view}
        currency={currency}
        value={props.amount}
        problem={props.amountProblem}
        focus={!props.referenceProblem}
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
        focus={props.referenceProblem !== undefined}
      />
    </ActionPage>
  );
}
