/** Chooses the bench by the first word; without one it is AddCredit, whole or `quick`. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  bulk: () => import('./bulk.js'),
  queries: () => import('./queries.js'),
  flat: () => import('./flat.js'),
};

const name = process.argv[2] ?? '';
const chosen = BENCHES[name];
// What follows the word are the bench's own options.
if (chosen) process.argv.splice(2, 1);
await (chosen ?? (() => import('./add-credit.js')))();
