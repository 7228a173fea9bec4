import { Layout } from '../parts/layout.js';
import type { View } from '../view.js';

interface ProblemProps {
  readonly view: View;
  readonly text: string;
  readonly title?: string;
  /** What to ask for again, where that may help. */
  readonly again?: string | undefined;
}

/** What went wrong, when there is no page to say it on. */
export function ProblemPage({ view, text, title = view.t.problems.title, again }: ProblemProps) {
  return (
    <Layout view={view} title={title}>
      <div class="card narrow">
        <h1>{title}</h1>
        <p class="lead" role="alert">
          {text}
        </p>
        <div class="actions">
          {again && (
            <a class="button" href={again}>
              {view.t.problems.again}
            </a>
          )}
          <a class={`button ${again ? 'secondary' : ''}`} href="/">
            {view.t.problems.toStart}
          </a>
        </div>
      </div>
    </Layout>
  );
}

export const NotFoundPage = ({ view }: { view: View }) => (
  <ProblemPage view={view} title={view.t.problems.notFoundTitle} text={view.t.problems['not-found']} />
);
