import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** To be imported ahead of a program: it halts, and says so, when it is about to rename a file. */
fs.renameSync = () => {
  fs.writeSync(2, 'halted\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
syncBuiltinESMExports();
