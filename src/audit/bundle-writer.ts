import { createWriteStream, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { EventReader } from '../event-store/event-store.js';
import { keepName, syncToDisk } from '../files/small-file.js';
import { BundleSource, CannotExport, type ExportOptions, type ExportResult } from './bundle-source.js';

/**
 * Writes the events of the log to a bundle, which appears under its name when it is complete.
 * @throws CannotExport, StoreUnavailable, CannotWrite
 */
export async function writeBundle(
  reader: EventReader,
  file: string,
  options: ExportOptions,
): Promise<ExportResult> {
  requireFree(file);
  const part = `${file}.part`;
  const opened = openPart(part);
  const source = new BundleSource(reader, options);
  try {
    // The lowest level is several times as fast as the usual one, and events compress well all the same.
    await pipeline(source.lines(), createGzip({ level: 1 }), createWriteStream(part, { fd: opened }));
    syncToDisk(part);
    // Another export may have ended just before the part was opened.
    requireFree(file);
    renameSync(part, file);
    keepName(file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return source.result();
}

function requireFree(file: string): void {
  if (existsSync(file)) throw new CannotExport(`${file} exists already`);
}

/** Opens the file that is written until it is complete, which only one export may have. */
function openPart(part: string): number {
  try {
    return openSync(part, 'wx', 0o600);
  } catch (error) {
    if (!existsSync(part)) throw error;
    throw new CannotExport(`${part} exists: if no other export is writing it, remove it`, { cause: error });
  }
}
