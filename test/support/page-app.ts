import type { Role } from '../../src/auth/principal.js';
import { DashboardModule } from '../../src/dashboard/dashboard.module.js';
import { ProfilesModule } from '../../src/profiles/profiles.module.js';
import { Answer, ApiApp } from './api-app.js';
import { KEY } from './service.js';

/** The pages over real HTTP, signed in, as a browser without script has them. */
export class PageApp {
  private session = '';

  private constructor(readonly api: ApiApp) {}

  static async start(): Promise<PageApp> {
    return new PageApp(await ApiApp.start(DashboardModule, ProfilesModule)).signedIn(KEY);
  }

  /** The same pages in a session of its own: that of somebody with one role, or another one of the same person. */
  async another(role?: Role, mainAccountId?: string): Promise<PageApp> {
    if (!role) return new PageApp(this.api).signedIn(KEY);
    const { json } = await this.api.post('/v1/api-keys', { name: role, roles: [role], mainAccountId });
    return new PageApp(this.api).signedIn(String(json['key']));
  }

  private async signedIn(key: string): Promise<this> {
    const answer = await this.send('/sign-in', { key });
    this.session = /ledger_session=[^;]+/.exec(answer.headers.get('Set-Cookie') ?? '')![0];
    return this;
  }

  /**
   * Gets a page, or sends a form.
   * @param language what somebody has chosen; the browser asks for English
   * @param headers what the browser says besides
   */
  async send(
    path: string,
    form?: Readonly<Record<string, string>>,
    language?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const cookies = [this.session, language && `ledger_language=${language}`].filter(Boolean);
    const response = await fetch(this.api.url + path, {
      redirect: 'manual',
      headers: { Accept: 'text/html', 'Accept-Language': 'en', Cookie: cookies.join('; '), ...headers },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    // A stream has no end, and its beginning is all that is asked for.
    const isStream = response.headers.get('Content-Type') === 'text/event-stream';
    const text = isStream ? (await response.body!.cancel(), '') : await response.text();
    return new Answer(response.status, response.headers, text);
  }

  /**
   * What a stream says, piece by piece, until it ends.
   * @param lastEventId what the browser heard last, before a cut
   * @throws when the time is over
   */
  async *listen(path: string, ms: number, lastEventId?: string): AsyncGenerator<string> {
    const headers = { Cookie: this.session, ...(lastEventId && { 'Last-Event-ID': lastEventId }) };
    const { body } = await fetch(this.api.url + path, { headers, signal: AbortSignal.timeout(ms) });
    for await (const chunk of body!) yield Buffer.from(chunk).toString();
  }

  /** What a stream says, until it says that or the time is over. */
  async hear(path: string, until: RegExp, ms: number, lastEventId?: string): Promise<string> {
    let text = '';
    try {
      for await (const said of this.listen(path, ms, lastEventId)) {
        text += said;
        if (until.test(text)) break;
      }
    } catch {
      // The time is over.
    }
    return text;
  }

  /** An open account with credit and the SIP account `desk`, which pages show. */
  async funded(mainAccountId: string, amount = '100'): Promise<void> {
    await this.api.funded(mainAccountId, amount, 'desk');
    await this.catchUp(mainAccountId);
  }

  /** Waits until pages show what was booked on an account before. It has a purchase of 1 more then. */
  async catchUp(mainAccountId: string): Promise<void> {
    const path = `/v1/main-accounts/${mainAccountId}`;
    const { headers } = await this.api.post(`${path}/purchases`, { amount: '1', reference: 'invoice 2' });
    await this.api.send(path, { headers: { 'Ledger-At-Least': headers.get('Ledger-Position')! } });
  }

  /** What the SIP account `desk` has. */
  async onDesk(mainAccountId: string): Promise<unknown> {
    await this.catchUp(mainAccountId);
    return (await this.api.send(`/v1/main-accounts/${mainAccountId}/sip-accounts/desk`)).json['available'];
  }

  close(): Promise<void> {
    return this.api.close();
  }
}

/** The hidden fields of a page's form. */
export const formOf = ({ text }: Answer): Record<string, string> =>
  Object.fromEntries(
    [.../<main[^]*/.exec(text)![0].matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name!, value!.replaceAll('&amp;', '&')],
    ),
  );

/** The principal, a key, whom a page calls signed in. */
export const signedInOn = ({ text }: Answer): string => /title="Signed in as (key:[^"]+)"/.exec(text)![1]!;

/** What a page says, without its frame. */
export const textOf = ({ text }: Answer): string =>
  /<main[^]*<\/main>/
    .exec(text)![0]
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
