import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openEmbeddedReader } from '../event-store/open-event-store.js';
import type { AuditThreadData } from './audit-thread.js';
import type { Stretch } from './stretch.js';
import { StretchAudit } from './stretch-audit.js';

/** A thread of the audit: looks at the stretches of the log that it is told of. */
const { config, clockTolerance } = workerData as AuditThreadData;
if (!parentPort) throw new Error('the thread of an audit has nobody to tell');
const port = parentPort;

const reader = openEmbeddedReader(config);
const audited = new StretchAudit(clockTolerance);

try {
  for await (const [stretch] of on(port, 'message') as AsyncIterable<[Stretch | 'end']>) {
    if (stretch === 'end') break;
    port.postMessage(await audited.look(stretch, reader.readStretch(stretch.after, stretch.end)));
  }
} finally {
  await reader.close();
}
