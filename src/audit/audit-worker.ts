import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { START, type Position } from '../event-store/event-store.js';
import { openEmbeddedReader } from '../event-store/open-event-store.js';
import { AccountsAudit } from './accounts-audit.js';
import { finishAccounts } from './audit.js';
import { Findings } from './findings.js';
import { HASH_BYTES, writeEventLeaf } from './merkle.js';
import type { PartOrder, PartSeen } from './parallel-audit.js';

/** A thread of the audit: looks at its part of the streams, a stretch of the log at a time. */
const { config, part, clockTolerance, until } = workerData as PartOrder;
if (!parentPort) throw new Error('the thread of an audit has nobody to tell');
const port = parentPort;

const reader = openEmbeddedReader(config);
const findings = new Findings();
const audited = new AccountsAudit(findings, clockTolerance);

async function look(after: Position, end: Position): Promise<PartSeen> {
  const positions = new Float64Array(Number(end - after));
  // Made here, where it is done by all threads, and handed over without being copied.
  const leaves = Buffer.from(new ArrayBuffer(HASH_BYTES * positions.length));
  let [events, ledgerEvents] = [0, 0];
  for await (const page of reader.readPart(part, after, end)) {
    events += page.length;
    for (const event of page) {
      const hash = audited.check(event);
      if (hash === undefined) continue;
      positions[ledgerEvents] = Number(event.position);
      writeEventLeaf(hash, leaves, HASH_BYTES * ledgerEvents);
      ledgerEvents += 1;
    }
  }
  return { events, positions: positions.subarray(0, ledgerEvents), leaves };
}

async function found() {
  await finishAccounts(audited, () => reader.readPart(part, START, until), findings);
  return { accounts: audited.accounts, findings: findings.list, unlistedFindings: findings.unlisted };
}

try {
  let after = START;
  for await (const [end] of on(port, 'message') as AsyncIterable<[Position]>) {
    const seen = await look(after, end);
    const told = end < until ? seen : { ...seen, result: await found() };
    port.postMessage(told, [seen.positions.buffer, seen.leaves.buffer]);
    if (end >= until) break;
    after = end;
  }
} finally {
  audited.keys.close();
  await reader.close();
}
