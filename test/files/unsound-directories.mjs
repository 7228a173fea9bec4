import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * To be imported ahead of a program: its disk fails at writing the names in directories, and nothing else. With a file
 * named in UNSOUND_WITH, only in those that hold it.
 */
const { fsyncSync } = fs;
const named = process.env['UNSOUND_WITH'];
const isSound = (descriptor) =>
  !fs.fstatSync(descriptor).isDirectory() ||
  (named !== undefined && !fs.existsSync(`/proc/self/fd/${descriptor}/${named}`));
fs.fsyncSync = (descriptor) => {
  if (isSound(descriptor)) return fsyncSync(descriptor);
  throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
};
syncBuiltinESMExports();
