import type { Connection } from './database.js';

/** What is deleted meanwhile is overwritten, in the pages that it lay in. */
export function overwriting(db: Connection, write: () => void): void {
  db.exec('PRAGMA secure_delete = ON');
  try {
    write();
  } finally {
    db.exec('PRAGMA secure_delete = OFF');
  }
}
