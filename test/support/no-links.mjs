import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** To be imported ahead of a program: its file systems have no links, as those of many a memory stick. */
fs.linkSync = () => {
  throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' });
};
syncBuiltinESMExports();
