/**
 * Lets the threads that a test starts run what the build has made of src/*.ts, since jest transforms only what it loads
 * itself. A loader for TypeScript would take each of them longer to start than all else.
 */
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const threads = require('node:worker_threads');

const folder = (name) => pathToFileURL(join(__dirname, '../..', name, '/')).href;

class BuiltWorker extends threads.Worker {
  constructor(url, options) {
    super(new URL(url.href.replace(folder('src'), folder('dist'))), options);
  }
}

// The module is one for all test files of a process.
if (threads.Worker.name !== BuiltWorker.name) threads.Worker = BuiltWorker;
