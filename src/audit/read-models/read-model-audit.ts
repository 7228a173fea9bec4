import type { Position } from '../../event-store/event-store.js';
import { BUILT } from '../../projections/bulk/parts.js';
import { openDatabase } from '../../sqlite/database.js';
import type { Findings } from '../findings.js';
import { AccountsWitness } from './accounts-witness.js';
import { ConservationWitness } from './conservation-witness.js';
import { HistoryWitness } from './history-witness.js';
import { ReadModelTables, viewsOf } from './read-model-tables.js';
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

  /** @throws what SQLite throws, when the file cannot be read */
  constructor(file: string, findings: Findings) {
    this.tables = ReadModelTables.open(file, findings);
    this.witnesses = Object.entries(WITNESSES).flatMap(([projection, kinds]) => {
      const until = this.tables.position(projection);
      if (until === undefined) this.tables.report(`the read models have no ${projection}`);
      return until === undefined ? [] : kinds.map((WitnessOf) => new WitnessOf(this.tables, until));
    });
    this.compareViews();
  }

  /** @param end of a log whose positions are exact: what a projection would have beyond it, it would never read */
  compareEnd(end: Position): void {
    for (const projection of Object.keys(WITNESSES)) {
      const position = this.tables.position(projection);
      if (position !== undefined && position > end)
        this.tables.report(
          `${projection} says that it holds the log up to ${position}, which ends at ${end}`,
        );
    }
  }

  close(): void {
    this.tables.close();
  }

  /** What is read by a view is only as good as that: the service looks into some of the tables themselves. */
  private compareViews(): void {
    const made = openDatabase(':memory:');
    for (const { ddl } of BUILT) made.exec(ddl);
    const views = this.tables.views();
    for (const [name, sql] of viewsOf(made))
      if (views.get(name) !== sql) this.tables.report(`${name} is not the view that the service makes`);
    made.close();
  }
}
