// Prints what jest's JSON reports come to, as one plain line, and fails when tests failed. The second report, if
// there is one, is of the files that failed at first: what it says of them counts.
import { readFileSync } from 'node:fs';

const [first, second] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const results = new Map(first.testResults.map((result) => [result.name, result]));
for (const result of second?.testResults ?? []) {
  if (result.status === 'passed') console.log(`passed only at the second try: ${result.name}`);
  results.set(result.name, result);
}
const count = { passed: 0, failed: 0, skipped: 0 };
for (const { status, assertionResults } of results.values()) {
  const failed = assertionResults.filter((assertion) => assertion.status === 'failed').length;
  count.passed += assertionResults.filter((assertion) => assertion.status === 'passed').length;
  count.skipped += assertionResults.filter((assertion) => assertion.status === 'pending').length;
  // A file that did not even run has no assertion to count.
  count.failed += status === 'failed' ? Math.max(failed, 1) : 0;
}
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
