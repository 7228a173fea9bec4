import type { Position } from '../event-store/event-store.js';

/** The read model had not come far enough within the bound. Worth trying again. */
export class ReadModelBehind extends Error {
  override readonly name = 'ReadModelBehind';
  constructor(projection: string, reason: string) {
    super(`The read model ${projection} ${reason}`);
  }
}

/** The read model does not hold what was asked for; all that is in the log by now may. */
export abstract class NotInReadModel extends Error {}

/** A position that the log has not reached: no wait would end. */
export class PositionInFuture extends Error {
  override readonly name = 'PositionInFuture';
  constructor(position: Position, head: Position) {
    super(`The log ends at position ${head}, before ${position}`);
  }
}

/** A cursor that no page was answered with. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  constructor(cursor: string) {
    super(`${JSON.stringify(cursor.slice(0, 64))} is not a cursor`);
  }
}
