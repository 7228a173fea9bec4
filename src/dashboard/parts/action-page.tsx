import type { ComponentChildren } from 'preact';
import type { View } from '../view.js';
import { Layout } from './layout.js';
import { Notice } from './notice.js';

interface ActionPageProps {
  readonly view: View;
  readonly title: string;
  readonly intro: string;
  /** Where the form goes. */
  readonly action: string;
  /** One effect, however often the form is sent. Undefined for what may be done twice without harm. */
  readonly idempotencyKey: string | undefined;
  readonly submit: string;
  readonly danger?: boolean;
  /** What is wrong with the whole form. */
  readonly problem?: ComponentChildren;
  /** Figures and explanations above the form. */
  readonly above?: ComponentChildren;
  /** The fields; without them there is nothing to send, and no form. */
  readonly children?: ComponentChildren;
}

/** A page with one form that does one thing, and a way back. */
export function ActionPage(props: ActionPageProps) {
  const { view, title, problem } = props;
  return (
    <Layout view={view} title={title}>
      <div class="card narrow">
        <h1>{title}</h1>
        <p class="lead">{props.intro}</p>
        {problem && (
          <Notice kind="problem" focus>
            {problem}
          </Notice>
        )}
        {props.above}
        {props.children ? (
          // Not quite the page's own address: a POST to that would make the browser forget the page, and Back would
          // bring a new form with a new key instead of this one.
          <form method="post" action={`${props.action}?sent`} class="stack" data-once>
            <input type="hidden" name="language" value={view.language} />
            {view.from && <input type="hidden" name="from" value={view.from} />}
            {props.idempotencyKey && <input type="hidden" name="key" value={props.idempotencyKey} />}
            {props.children}
            <div class="actions">
              <button class={`button ${props.danger ? 'danger' : ''}`}>{props.submit}</button>
              <a href={view.backTo()}>{view.t.cancel}</a>
            </div>
          </form>
        ) : (
          <div class="actions">
            <a class="button secondary" href={view.backTo()}>
              {view.t.back}
            </a>
          </div>
        )}
      </div>
    </Layout>
  );
}
