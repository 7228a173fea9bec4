import type { Pool } from 'pg';
import type { Book, Outcome } from './peer.js';

/** One round trip, one transaction, one fsync a command (PostgreSQL shares fsyncs between sessions by itself). */
export const rowLock =
  (pool: Pool): Book =>
  async ({ mainAccountId, sipAccountId, idempotencyKey, fingerprint, amount }) => {
    const { rows } = await pool.query<Outcome>({
      name: 'add-credit',
      text: 'select * from add_credit($1, $2, $3, $4, $5)',
      values: [mainAccountId, sipAccountId, idempotencyKey, fingerprint, amount],
    });
    const [outcome] = rows;
    if (!outcome) throw new Error('the database gave no outcome');
    return outcome;
  };
