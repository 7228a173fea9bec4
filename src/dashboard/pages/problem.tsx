import { Layout } from '../parts/layout.js';
import type { View } from '../view.js';

interface ProblemProps {
  readonly view: View;
  readonly text: string;
  readonly title?: string;
}

/** What went wrong, when there is no page to say it on. */
export function ProblemPage({ view, text, title = view.t.problems.title }: ProblemProps) {
  return (
    <Layout view={view} title={title}>
      <div class="card narrow">
        <h1>{title}</h1>
        <p class="lead" role="alert">
          {text}
        </p>
        <a class="button" href="/">
          {view.t.problems.toStart}
        </a>
      </div>
    </Layout>
  );
}

export const NotFoundPage = ({ view }: { view: View }) => (
  <ProblemPage view={view} title={view.t.problems.notFoundTitle} text={view.t.problems['not-found']} />
);
