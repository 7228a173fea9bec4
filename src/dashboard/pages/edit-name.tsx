import { ActionPage } from '../parts/action-page.js';
import { Field } from '../parts/field.js';
import type { View } from '../view.js';

interface EditNameProps {
  readonly view: View;
  readonly sipAccountId: string;
  /** As people know it so far. */
  readonly account: string;
  readonly idempotencyKey: undefined;
  readonly name: string;
  readonly nameProblem?: string | undefined;
  readonly problem?: string | undefined;
}

export function EditNamePage({ view, sipAccountId, account, name, nameProblem, ...form }: EditNameProps) {
  const texts = view.t.name;
  return (
    <ActionPage
      view={view}
      title={texts.title}
      intro={texts.intro(account)}
      action={view.toSip(sipAccountId, '/name')}
      submit={texts.submit}
      {...form}
    >
      <Field
        name="name"
        label={texts.label}
        help={texts.help}
        value={name}
        problem={nameProblem}
        autocomplete="off"
        maxLength={80}
        focus
      />
    </ActionPage>
  );
}
