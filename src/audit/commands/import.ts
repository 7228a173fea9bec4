import type { Config } from '../../config/config.js';
import { START } from '../../event-store/event-store.js';
import { openEventStore, ownDirectory } from '../../event-store/open-event-store.js';
import { readModelsFileIn, removeReadModels } from '../../projections/read-models-file.js';
import { auditBundle } from '../bundle-audit.js';
import { importEvents } from '../bundle-import.js';
import { BundleReader } from '../bundle-reader.js';
import { withProgress } from '../progress.js';
import type { Output } from './output.js';
import { reportLines } from './report.js';

/** Brings a bundle's events into a store, once the bundle has been found sound. @returns the exit code */
export async function importBundle(file: string, config: Config, output: Output): Promise<number> {
  const bundle = new BundleReader(file);
  const report = await withProgress('verified', bundle.bytes, (progress) =>
    auditBundle(bundle, { onProgress: (events) => progress.update(events, bundle.bytesRead) }),
  );
  if (report.findings.length > 0) {
    output(['The bundle is not sound; nothing was imported.', ...reportLines(report, ['bundle'])].join('\n'));
    return 1;
  }
  // Also of EventStoreDB: a service that runs there has the read models in use.
  const directory = ownDirectory(config.dataDir);
  try {
    const written = await intoStore(config, bundle, report.events);
    output(`${written} of ${report.events} events imported, ${report.events - written} were there already`);
    return 0;
  } finally {
    directory.release();
  }
}

/** @returns how many of the bundle's events were written */
async function intoStore(config: Config, bundle: BundleReader, events: number): Promise<number> {
  const store = await openEventStore(config);
  try {
    // Those of an earlier log: its positions are not the ones that the events are given now.
    if ((await store.head()) === START) removeReadModels(readModelsFileIn(config.dataDir));
    return await withProgress('imported', events, (progress) =>
      importEvents(store, bundle.events(), (imported) => progress.update(imported, imported)),
    );
  } finally {
    await store.close();
  }
}
