import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { InsufficientCredit } from '../../src/ledger/domain/errors.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { Ledger, receiptIn } from '../support/ledger.js';
import { readModelsIn } from '../support/projecting.js';
import { ReadSide } from '../support/read-side.js';

let side: ReadSide;
beforeEach(async () => {
  side = await ReadSide.start();
  await side.ledger.funded('acme', '61.3600', 'desk-1', 'desk-2');
  const { position } = await side.ledger.add('acme', 'desk-1', '20');
  await side.overview('acme', position);
});
afterEach(() => side.remove());

it.each([
  ['available', "UPDATE main_accounts SET available = '91.3600'"],
  ['the sum over the SIP accounts', "UPDATE main_accounts SET sip_accounts_available = '90.0000'"],
  ['a SIP account', "UPDATE sip_accounts SET available = '80.0000' WHERE sip_account_id = 'desk-1'"],
  ['no row of a SIP account', "DELETE FROM sip_accounts WHERE sip_account_id = 'desk-2'"],
])('no command is decided on read models that somebody changed: %s', async (_, change) => {
  const db = openDatabase(readModelsIn(side.dataDir));
  db.exec(change);
  db.close();

  const ledger = new Ledger(side.store, side.index);
  await expect(ledger.add('acme', 'desk-2', '80')).rejects.toBeInstanceOf(InsufficientCredit);
  const { mainAccount, sipAccount } = receiptIn(await ledger.removeAll('acme', 'desk-1'));
  expect([mainAccount.available, sipAccount?.available]).toEqual(['61.3600', '0.0000']);
  expect(ledger.notes.alarms).toEqual(['snapshot does not add up; folding from the start']);
});

it('no event is dated by read models that somebody changed', async () => {
  const db = openDatabase(readModelsIn(side.dataDir));
  db.exec("UPDATE main_accounts SET recorded_at = '9999-12-31T00:00:00.000Z'");
  db.close();

  const { recordedAt } = receiptIn(await new Ledger(side.store, side.index).add('acme', 'desk-2', '1'));
  expect(Math.abs(Date.parse(recordedAt) - Date.now())).toBeLessThan(3_600_000);
});
