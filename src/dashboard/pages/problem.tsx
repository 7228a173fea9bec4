import { Layout } from '../parts/layout.js';
import type { View } from '../view.js';

/** What went wrong, when there is no page to say it on. */
export function ProblemPage({ view, text }: { view: View; text: string }) {
  return (
    <Layout view={view} title={view.t.problems.title}>
      <div class="card narrow">
        <h1>{view.t.problems.title}</h1>
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
