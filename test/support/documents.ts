import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './service.js';

/** The blocks of a page in one language, in order. */
export const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .filter(([, of]) => of === language)
    .map(([, , code = '']) => code);

/** The blocks of a page in one language, pasted one after the other into one terminal. */
export const pasted = (page: string, language: string): string => blocksOf(page, language).join('');
