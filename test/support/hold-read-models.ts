import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';

/** Somebody holds the read models' file, so that the thread that writes it cannot. @returns what lets go of it */
export function holdReadModels(dataDir: string): () => void {
  const db = openDatabase(join(dataDir, 'read-models.db'));
  db.exec('BEGIN IMMEDIATE');
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}
