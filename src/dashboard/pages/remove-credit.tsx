import { ZERO } from '../../ledger/domain/amount.js';
import { accountLabel } from '../format.js';
import { ActionPage } from '../parts/action-page.js';
import { amountSize } from '../parts/amount-size.js';
import type { View } from '../view.js';

interface RemoveCreditProps {
  readonly view: View;
  readonly sipAccountId: string;
  readonly name: string | undefined;
  readonly currency: string;
  /** On the SIP account: all of it goes. */
  readonly has: string;
  /** On the main account, now and then. */
  readonly available: string;
  readonly availableAfter: string;
  readonly idempotencyKey: string;
  readonly problem?: string | undefined;
}

/** The confirmation: it names the account and the exact amount. */
export function RemoveCreditPage(props: RemoveCreditProps) {
  const { view, sipAccountId, currency, has } = props;
  const { remove } = view.t;
  const money = (amount: string) => view.money(amount, currency);
  const account = accountLabel(sipAccountId, props.name);
  const nothing = has === ZERO;
  return (
    <ActionPage
      view={view}
      title={remove.title}
      intro={nothing ? remove.nothing(account) : remove.intro(account, money(has))}
      action={view.toSip(sipAccountId, '/remove-all-credit')}
      idempotencyKey={props.idempotencyKey}
      submit={remove.submit}
      danger
      problem={props.problem}
      above={
        !nothing && (
          <table class={`change ${amountSize(money(props.availableAfter))}`}>
            <thead>
              <tr>
                <td />
                <th scope="col" class="number">
                  {remove.now}
                </th>
                <th scope="col" class="number">
                  {remove.after}
                </th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{remove.fromNow(account)}</th>
                <td class="number" data-label={remove.now}>
                  {money(has)}
                </td>
                <td class="number" data-label={remove.after}>
                  {money(ZERO)}
                </td>
              </tr>
              <tr>
                <th scope="row">{remove.mainNow}</th>
                <td class="number" data-label={remove.now}>
                  {money(props.available)}
                </td>
                <td class="number" data-label={remove.after}>
                  {money(props.availableAfter)}
                </td>
              </tr>
            </tbody>
          </table>
        )
      }
    >
      {!nothing && (
        <>
          <input type="hidden" name="shown" value={has} />
          <p class="help">{remove.whole}</p>
        </>
      )}
    </ActionPage>
  );
}
