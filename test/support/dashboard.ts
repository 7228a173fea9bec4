import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from './browser.js';
import { KEY, Service, temporaryDirectory } from './service.js';

const started = await startBrowser();
const none = 'reason' in started;
if (none) process.stderr.write(`browser tests are skipped: ${started.reason}\n`);

/** The browser of this file's tests. Tests that need it are counted as skipped where there is none. */
const browser = started as Browser;

export const SHOP = 'https://shop.example/credit';

interface Visit extends BrowserContextOptions {
  readonly language: 'en' | 'nl';
  /** Who signs in; every role when not said. */
  readonly key?: string;
  /** Where to go first; home when not said. */
  readonly path?: string;
}

/** The running service as people see it. */
export class Dashboard {
  service!: Service;
  readonly dataDir = temporaryDirectory();
  /** What browsers complained about: broken scripts, and what the content security policy blocked. */
  readonly complaints: string[] = [];
  private readonly sessions = new Map<string, string>();

  /** Starts the service, at the port that it had if it ran before. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = this.service ? new URL(this.service.url).port : '0';
    this.service = await Service.start(this.dataDir, { LEDGER_SHOP_URL: SHOP, LEDGER_PORT: port, ...env });
  }

  /** Opens a window of its own, signed in. */
  async visit({ language, key = KEY, path = '/', ...options }: Visit): Promise<Page> {
    const locale = language === 'nl' ? 'nl-NL' : 'en-GB';
    const context = await browser.newContext({ locale, viewport: { width: 1180, height: 760 }, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text()))
        this.complaints.push(message.text());
    });
    const value = this.sessions.get(key) ?? (await this.signIn(key));
    await context.addCookies([{ name: 'ledger_session', value, url: this.service.url }]);
    await page.goto(this.url(path));
    return page;
  }

  private async signIn(key: string): Promise<string> {
    const answer = await fetch(this.url('/sign-in'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ key }).toString(),
      redirect: 'manual',
    });
    const session = /ledger_session=([^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '')?.[1] ?? '';
    this.sessions.set(key, session);
    return session;
  }

  /** Closes all windows. */
  async leave(): Promise<void> {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }

  /** A key of a customer, or of staff with one role. */
  async keyOf(role: string, mainAccountId?: string): Promise<string> {
    const response = await fetch(`${this.service.url}/v1/api-keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: role, roles: [role], ...(mainAccountId && { mainAccountId }) }),
    });
    return ((await response.json()) as { key: string }).key;
  }

  url(path: string): string {
    return `${this.service.url}${path}`;
  }
}

/** Groups tests that look at the dashboard through a real browser. */
export function inBrowser(
  name: string,
  tests: (dashboard: Dashboard) => void,
  env: Readonly<Record<string, string>> = {},
): void {
  const group = none ? describe['skip'] : describe;
  group(name, () => {
    const dashboard = new Dashboard();
    beforeAll(() => dashboard.start(env), 60_000);
    afterEach(() => dashboard.leave());
    afterAll(async () => {
      await browser.close();
      await dashboard.service.stop();
      expect(dashboard.complaints).toEqual([]);
    }, 60_000);
    tests(dashboard);
  });
}
