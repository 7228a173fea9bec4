import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** To be imported ahead of a program: its disk fails at writing what files hold, and takes their names. */
const { fsyncSync } = fs;
fs.fsyncSync = (descriptor) => {
  if (fs.fstatSync(descriptor).isDirectory()) return fsyncSync(descriptor);
  throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
};
syncBuiltinESMExports();
