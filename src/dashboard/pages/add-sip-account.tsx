import { ActionPage } from '../parts/action-page.js';
import { Field } from '../parts/field.js';
import type { View } from '../view.js';

interface AddSipAccountProps {
  readonly view: View;
  readonly idempotencyKey: string;
  readonly sipAccountId: string;
  readonly idProblem?: string | undefined;
  readonly problem?: string | undefined;
}

export function AddSipAccountPage({ view, sipAccountId, idProblem, ...form }: AddSipAccountProps) {
  const { addSip } = view.t;
  return (
    <ActionPage
      view={view}
      title={addSip.title}
      intro={addSip.intro}
      action={view.to('/add-sip-account')}
      submit={addSip.submit}
      {...form}
    >
      <Field
        name="sipAccountId"
        label={addSip.id}
        help={addSip.idHelp}
        value={sipAccountId}
        problem={idProblem}
        autocomplete="off"
        maxLength={64}
        required
        focus
      />
    </ActionPage>
  );
}
