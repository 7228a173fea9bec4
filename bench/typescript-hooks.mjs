// Lets node run the TypeScript of bench/ on what was built of src/, in threads too: the published loaders do not map a
// worker's own `.js` entry to its `.ts` source.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const ROOT = new URL('../', import.meta.url).href;

export function resolve(specifier, context, next) {
  if (/^(\.|file:)/.test(specifier) && specifier.endsWith('.js')) {
    const url = new URL(specifier, context.parentURL);
    const source = new URL(url.href.replace(/\.js$/, '.ts'));
    if (!existsSync(url) && existsSync(source))
      return { url: built(source) ?? source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

/** What was made of a file of src/: threads load it too, and to make it anew in each would be measured with the rest. */
function built(source) {
  if (!source.href.startsWith(`${ROOT}src/`)) return undefined;
  const file = new URL(`${ROOT}dist/${source.href.slice(`${ROOT}src/`.length).replace(/\.ts$/, '.js')}`);
  if (!existsSync(file) || statSync(file).mtimeMs < statSync(source).mtimeMs)
    throw new Error(`${fileURLToPath(source)} is not built: npm run build`);
  return file.href;
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
