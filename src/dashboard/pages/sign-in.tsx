import { Field } from '../parts/field.js';
import { Layout } from '../parts/layout.js';
import { Notice } from '../parts/notice.js';
import type { View } from '../view.js';

export type SignInProblem = 'refused' | 'tooMany' | 'linkSpent' | 'issuerAway';

interface SignInProps {
  readonly view: View;
  /** Where to go afterwards: a path of ours. */
  readonly next: string;
  readonly notice?: 'unsent' | 'expired' | 'signedOut' | undefined;
  readonly problem?: SignInProblem | undefined;
  readonly takesTokens: boolean;
}

export function SignInPage({ view, next, notice, problem, takesTokens }: SignInProps) {
  const { signIn } = view.t;
  return (
    <Layout view={view} title={signIn.title}>
      <div class="card narrow">
        <h1>{signIn.title}</h1>
        <p class="lead">{signIn.intro}</p>
        {notice && <Notice kind="info">{signIn[notice]}</Notice>}
        {problem === 'linkSpent' && <Notice kind="problem">{signIn.linkSpent}</Notice>}
        <form method="post" action="/sign-in" class="stack">
          <input type="hidden" name="next" value={next} />
          <Field
            name="key"
            type="password"
            label={takesTokens ? signIn.keyOrToken : signIn.key}
            help={takesTokens ? signIn.keyOrTokenHelp : signIn.keyHelp}
            problem={problem && problem !== 'linkSpent' ? signIn[problem] : undefined}
            autocomplete="current-password"
            maxLength={takesTokens ? 8192 : 300}
            required
            focus
          />
          <button class="button">{signIn.submit}</button>
        </form>
      </div>
    </Layout>
  );
}

/** A link signs in only when the button is pressed: mail programs and chats open links by themselves. */
export function SignInLinkPage({ view, token }: { view: View; token: string }) {
  const { signIn } = view.t;
  return (
    <Layout view={view} title={signIn.linkTitle}>
      <div class="card narrow">
        <h1>{signIn.linkTitle}</h1>
        <p class="lead">{signIn.linkIntro}</p>
        <form method="post" action="/sign-in" class="stack">
          <input type="hidden" name="link" value={token} />
          <button class="button" autofocus>
            {signIn.submit}
          </button>
        </form>
      </div>
    </Layout>
  );
}
