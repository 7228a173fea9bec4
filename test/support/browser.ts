import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import chromiumFromNpm from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Where browsers are usually installed; CHROME_PATH names another place. */
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Starts a browser: the one at CHROME_PATH, else the Chromium that comes from npm and runs on a bare Linux machine,
 * else one that is installed. @returns the reason when there is none
 */
export async function startBrowser(): Promise<Browser | { readonly reason: string }> {
  const reasons: string[] = [];
  for (const { name, path, args } of await candidates()) {
    try {
      return await chromium.launch({ executablePath: path, args, headless: true });
    } catch (error) {
      reasons.push(`${name}: ${String(error).split('\n')[0]}`);
    }
  }
  return { reason: reasons.join('; ') || `no browser for ${process.platform} on ${process.arch}` };
}

async function candidates() {
  const chosen = process.env['CHROME_PATH'];
  if (chosen) return [{ name: 'CHROME_PATH', path: chosen, args: [] as string[] }];
  const installed = INSTALLED.filter((path) => existsSync(path)).map((path) => ({
    name: path,
    path,
    args: [] as string[],
  }));
  if (process.platform !== 'linux' || process.arch !== 'x64') return installed;
  const path = await unpackChromium();
  // Its own arguments run everything in one process, which ends with the first window that is closed.
  return [{ name: 'Chromium from npm', path, args: ['--no-sandbox', '--disable-gpu'] }, ...installed];
}

/** One at a time: whoever comes second takes a file for whole that is still being written, and cannot run it. */
async function unpackChromium(): Promise<string> {
  const turn = join(tmpdir(), 'chromium-unpacking');
  while (!claim(turn)) await delay(100);
  try {
    return await chromiumFromNpm.executablePath();
  } finally {
    rmdirSync(turn);
  }
}

function claim(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
