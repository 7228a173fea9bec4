import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { START } from '../event-store/event-store.js';
import { openEmbeddedReader } from '../event-store/open-event-store.js';
import { AccountsAudit } from './accounts-audit.js';
import { finishAccounts } from './audit.js';
import { Findings } from './findings.js';
import { misplaced } from './log-audit.js';
import type { PartOrder, PartSeen } from './parallel-audit.js';
import { Stretch, type StretchOrder } from './stretch.js';

/** A thread of the audit: looks at its part of the streams, a stretch of the log at a time. */
const { config, part, clockTolerance, until } = workerData as PartOrder;
if (!parentPort) throw new Error('the thread of an audit has nobody to tell');
const port = parentPort;

const reader = openEmbeddedReader(config);
const findings = new Findings();
const audited = new AccountsAudit(findings, clockTolerance);

async function look({ after, end, bytes }: StretchOrder): Promise<PartSeen> {
  const stretch = new Stretch(after, end, bytes);
  let events = 0;
  for await (const page of reader.readPart(part, after, end)) {
    events += page.length;
    for (const event of page) {
      const hash = audited.check(event);
      if (hash !== undefined && !stretch.write(event.position, hash))
        findings.add('order', misplaced(event), event);
    }
  }
  return { events };
}

async function found() {
  await finishAccounts(audited, () => reader.readPart(part, START, until), findings);
  return { accounts: audited.accounts, findings: findings.list, unlistedFindings: findings.unlisted };
}

try {
  for await (const [stretch] of on(port, 'message') as AsyncIterable<[StretchOrder | 'end']>) {
    if (stretch === 'end') break;
    const seen = await look(stretch);
    const last = stretch.end >= until;
    port.postMessage(last ? { ...seen, result: await found() } : seen);
    if (last) break;
  }
} finally {
  audited.keys.close();
  await reader.close();
}
