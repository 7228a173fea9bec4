import { survivesKills } from '../e2e/crash.js';
import { requireServer } from '../support/eventstoredb/server.js';

const url = await requireServer();

survivesKills(5, { LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: url });
