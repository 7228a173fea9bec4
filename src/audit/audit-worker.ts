import { parentPort, workerData } from 'node:worker_threads';
import { openEventReader } from '../event-store/open-event-store.js';
import { auditShare } from './audit.js';
import { logUntil, type ShareOrder, type ShareResult } from './parallel-audit.js';

/** A thread of the audit: looks at its share of the accounts, and tells what it has found. */
const { config, share, clockTolerance, until } = workerData as ShareOrder;

const reader = await openEventReader(config);
try {
  const { accounts, findings } = await auditShare(logUntil(reader, until), share, clockTolerance);
  const result: ShareResult = { accounts, findings: findings.list, unlistedFindings: findings.unlisted };
  parentPort?.postMessage(result);
} finally {
  await reader.close();
}
