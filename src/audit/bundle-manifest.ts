import type { AuditReport } from './audit.js';
import { hashOfLines, headLines, type Manifest } from './bundle.js';
import { isObject } from './json-form.js';
import { isTime } from './metadata-form.js';

/** What the manifest says otherwise than the audited events, in words. */
export function* manifestProblems(manifest: Manifest, { accounts, tree }: AuditReport): Generator<string> {
  if (manifest.schema !== 1) yield 'the schema of the manifest is not 1';
  if (manifest.headsHash !== hashOfLines(headLines(accounts))) yield 'the heads are not those of the events';
  if (manifest.mainAccounts !== accounts.size)
    yield `the manifest counts other main accounts than the events, which have ${accounts.size}`;
  const root = tree.root.toString('base64');
  if (manifest.tree && (manifest.tree.root !== root || manifest.tree.size !== tree.size))
    yield `the tree of the manifest is not that of the events, ${root}`;
  yield* selectionProblems(manifest, accounts);
}

/** That the bundle holds what was asked for, all of it, and nothing else. */
function* selectionProblems(
  { deleted: lost = [], selection, tree }: Manifest,
  accounts: AuditReport['accounts'],
): Generator<string> {
  const { mainAccounts, until } = asStated(selection);
  const chosen = isListOfTexts(mainAccounts) ? new Set(mainAccounts) : null;
  if ((mainAccounts !== null && !chosen) || !(until === null || isTime(until))) {
    yield 'the selection of the manifest is none';
    return;
  }
  if (!isListOfTexts(lost)) {
    yield 'the deleted main accounts of the manifest are none';
    return;
  }
  for (const mainAccountId of lost)
    yield `main account ${mainAccountId} was deleted from the log: what is here of it may not be all`;
  const complete = chosen === null && until === null && lost.length === 0;
  if (complete ? !isObject(tree) : tree !== null)
    yield 'a tree belongs to a complete bundle, and to no other';
  const held = new Set<string>();
  for (const { mainAccountId, recordedAt } of accounts.values()) {
    held.add(mainAccountId);
    if (chosen?.has(mainAccountId) === false) yield `main account ${mainAccountId} was not asked for`;
    if (until !== null && recordedAt > until) yield `main account ${mainAccountId} goes on after ${until}`;
  }
  for (const mainAccountId of chosen ?? [])
    if (!held.has(mainAccountId) && !lost.includes(mainAccountId))
      yield `main account ${mainAccountId} was asked for, but is not here`;
}

/** The file may hold anything there. */
const asStated = (selection: unknown): { readonly mainAccounts?: unknown; readonly until?: unknown } =>
  selection ?? {};

const isListOfTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
