import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import type { AuthenticatedRequest } from '../auth/decorators.js';
import { Sessions } from '../auth/sessions.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Assets } from './assets.js';
import { field, isForm, placeOf } from './form.js';
import { renderPage } from './render.js';
import { takesGzip } from './request.js';
import { isLanguage, preferredLanguage, type Language } from './texts/languages.js';
import { View } from './view.js';

/** Everything comes from this origin, nothing is inline, nobody frames the pages. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const LANGUAGE_COOKIE = 'ledger_language';
const YEAR_SECONDS = 365 * 24 * 3600;

const compress = promisify(gzip);

/** Makes views of requests and sends pages. */
@Injectable()
export class Pages {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly assets: Assets,
    private readonly sessions: Sessions,
  ) {}

  /** @param about the account that the page is about: the one of its address when not said */
  view(request: FastifyRequest, about = request.params as { readonly mainAccountId?: string }): View {
    const { principal = this.sessions.principalOf(request.headers.cookie) } =
      request as Partial<AuthenticatedRequest>;
    return new View(
      languageOf(request),
      this.assets,
      isForm(request) ? '' : request.url,
      this.config.shopUrl,
      principal,
      // A customer's own, also on the page that says that there is no other: its menu leads somewhere.
      principal?.mainAccountId ?? about.mainAccountId,
      placeOf(field(request.body, 'from') || field(request.query, 'from')),
    );
  }

  /** Sends a page; a page is a function of what it shows. */
  async send<Props>(
    request: FastifyRequest,
    reply: FastifyReply,
    page: (props: Props) => VNode,
    props: Props,
    status = 200,
  ): Promise<void> {
    const html = Buffer.from(renderPage(page(props)));
    const zipped = takesGzip(request);
    reply.status(status).type('text/html; charset=utf-8').headers({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Referrer-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
      // The browser asks anew whenever it goes to a page, but may show the old one on Back: its form then
      // carries the old key, so that sending it again is a repetition and not a second booking.
      'Cache-Control': 'private, no-cache',
      Vary: 'Accept-Encoding, Accept-Language, Cookie',
    });
    if (zipped) reply.header('Content-Encoding', 'gzip');
    await reply.send(zipped ? await compress(html) : html);
  }

  /** @returns the value of a Set-Cookie header that remembers the language */
  remember(language: Language): string {
    return `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax`;
  }
}

/** A form is read, and answered, in the language that it was shown in, whatever another tab has chosen since. */
function languageOf({ headers, body }: FastifyRequest): Language {
  const shown = field(body, 'language');
  if (isLanguage(shown)) return shown;
  const chosen = new RegExp(`(?:^|; ?)${LANGUAGE_COOKIE}=(\\w+)`).exec(headers.cookie ?? '')?.[1];
  return isLanguage(chosen) ? chosen : preferredLanguage(headers['accept-language']);
}
