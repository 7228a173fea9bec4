import { accountsProjection } from '../accounts/accounts-projection.js';
import { AccountsWriter } from '../accounts/accounts-writer.js';
import { KEY_DDL, KEY_TABLES, KeysWriter } from '../accounts/command-keys.js';
import { conservationProjection } from '../conservation/conservation-projection.js';
import { namesProjection } from '../names/names-projection.js';
import { treeProjection } from '../tree/tree-projection.js';
import type { BulkPart } from './write-in-bulk.js';

/** All that a build brings to the same position. */
export const BUILT = [accountsProjection, treeProjection, conservationProjection, namesProjection] as const;

/** Its keys are written beside. Erased names must be in no other file than the one that they are overwritten in. */
export const HERE: readonly BulkPart[] = [
  {
    ...accountsProjection,
    open: (db) =>
      new AccountsWriter(db, { add: () => undefined, flush: () => undefined, forget: () => undefined }),
  },
  namesProjection,
];

/** About as much work, for another thread and a file of its own: it asks for nothing that is written here. */
export const BESIDE: readonly BulkPart[] = [
  treeProjection,
  conservationProjection,
  { tables: KEY_TABLES, ddl: KEY_DDL, open: (db) => new KeysWriter(db) },
];
