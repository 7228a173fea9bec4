import type { Findings } from '../findings.js';
import { AccountsWitness } from './accounts-witness.js';
import { ConservationWitness } from './conservation-witness.js';
import { HistoryWitness } from './history-witness.js';
import { ReadModelTables } from './read-model-tables.js';
import { TilesWitness } from './tiles-witness.js';
import { TreeWitness } from './tree-witness.js';
import type { Witness } from './witness.js';

const WITNESSES = {
  accounts: [AccountsWitness, HistoryWitness, TilesWitness],
  conservation: [ConservationWitness],
  tree: [TreeWitness],
} as const;

/** Compares all rows of the read models with the log, each projection as far as it says it has come. */
export class ReadModelAudit {
  readonly witnesses: readonly Witness[];
  private readonly tables: ReadModelTables;

  /** @throws SqliteError when the file cannot be read */
  constructor(file: string, findings: Findings) {
    this.tables = ReadModelTables.open(file, findings);
    this.witnesses = Object.entries(WITNESSES).flatMap(([projection, kinds]) => {
      const until = this.tables.position(projection);
      if (until === undefined) this.tables.report(`the read models have no ${projection}`);
      return until === undefined ? [] : kinds.map((WitnessOf) => new WitnessOf(this.tables, until));
    });
  }

  close(): void {
    this.tables.close();
  }
}
