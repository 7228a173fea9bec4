import module from 'node:module';
import { isMainThread } from 'node:worker_threads';

// A thread runs what is built, which needs no hooks: to load them there would be measured with the rest.
// Node 20 knows only the second way, of which Node 26 says at every start that it will be gone.
if (isMainThread && module.registerHooks) module.registerHooks(await import('./typescript-hooks.mjs'));
else if (isMainThread) module.register('./typescript-hooks.mjs', import.meta.url);
