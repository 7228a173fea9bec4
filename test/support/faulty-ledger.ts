import { FaultyStore } from './faulty-store.js';
import { Ledger } from './ledger.js';
import { openTestStore } from './sqlite.js';

/** The write side on a store that fails when it is told to, and the store that does what is asked of that one. */
export async function openFaultyLedger() {
  const inner = await openTestStore();
  const store = new FaultyStore(inner);
  return { inner, store, ledger: new Ledger(store) };
}
