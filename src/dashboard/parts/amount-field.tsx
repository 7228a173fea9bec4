import { currencySign } from '../format.js';
import type { View } from '../view.js';
import { Field } from './field.js';

interface AmountFieldProps {
  readonly view: View;
  readonly currency: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly focus: boolean;
}

/** An amount of money to type in, and the sign that may stand before it. */
export function AmountField({ view, currency, ...field }: AmountFieldProps) {
  const { add } = view.t;
  return (
    <>
      <input type="hidden" name="sign" value={currencySign(currency, view.language)} />
      <Field
        {...field}
        name="amount"
        class="money"
        label={`${add.amount} (${currency})`}
        help={add.amountHelp}
        inputMode="decimal"
        autocomplete="off"
        maxLength={64}
        required
      />
    </>
  );
}
