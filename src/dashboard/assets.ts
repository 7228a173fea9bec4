import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const TYPES = {
  'ledger.css': 'text/css; charset=utf-8',
  'ledger.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type AssetName = keyof typeof TYPES;

export interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly gzipped: Buffer;
}

/** The dashboard's static files. Their names carry a hash of their content, so that browsers keep them for ever. */
export class Assets {
  private readonly byPath = new Map<string, Asset>();
  private readonly paths = {} as Record<AssetName, string>;

  constructor(directory: URL = new URL('./assets/', import.meta.url)) {
    for (const [name, type] of Object.entries(TYPES)) {
      const content = readFileSync(new URL(name, directory));
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
      const hashed = name.replace('.', `.${hash}.`);
      this.byPath.set(hashed, { type, content, gzipped: gzipSync(content, { level: 9 }) });
      this.paths[name as AssetName] = `/assets/${hashed}`;
    }
  }

  /** Where a page finds a file. */
  path(name: AssetName): string {
    return this.paths[name];
  }

  /** A file by its hashed name; undefined for one of another release. */
  get(hashedName: string): Asset | undefined {
    return this.byPath.get(hashedName);
  }
}
