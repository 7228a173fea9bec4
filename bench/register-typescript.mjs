import module from 'node:module';

// Node 20 knows only the second way, of which Node 26 says at every start that it will be gone.
if (module.registerHooks) module.registerHooks(await import('./typescript-hooks.mjs'));
else module.register('./typescript-hooks.mjs', import.meta.url);
