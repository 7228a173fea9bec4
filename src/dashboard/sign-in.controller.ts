import { Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeys } from '../auth/api-keys.js';
import { Public } from '../auth/decorators.js';
import type { Principal } from '../auth/principal.js';
import { RateLimit } from '../auth/rate-limit.js';
import { Sessions } from '../auth/sessions.js';
import { SignInLinks } from '../auth/sign-in-links.js';
import { IssuerUnavailable, Tokens } from '../auth/tokens.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field, isSecure, localPath } from './form.js';
import { SignInLinkPage, SignInPage, type SignInProblem } from './pages/sign-in.js';
import { Pages } from './pages.js';
import { isLanguage } from './texts/languages.js';

/** Wrong ones, from one address. Keys cannot be guessed; this tells whoever tries to stop. */
const ATTEMPTS_PER_SECOND = 5;

/** The way in and out, and the language. */
@Public()
@DashboardRoutes()
export class SignInController {
  private readonly attempts = new RateLimit(ATTEMPTS_PER_SECOND);

  constructor(
    private readonly pages: Pages,
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly links: SignInLinks,
    /** Null when tokens are not configured. */
    @Inject(Tokens) private readonly tokens: Tokens | null,
    private readonly limit: RateLimit,
  ) {}

  @Get('/')
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const principal = this.sessions.principalOf(request.headers.cookie);
    await reply.redirect(principal ? homeOf(principal) : '/sign-in', 303);
  }

  @Get('/sign-in')
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const view = this.pages.view(request);
    const token = field(request.query, 'link');
    if (token) return this.pages.send(request, reply, SignInLinkPage, { view, token });
    const notice = (['unsent', 'expired', 'signedOut'] as const).find((name) => field(request.query, name));
    const next = localPath(field(request.query, 'next'));
    await this.pages.send(request, reply, SignInPage, { view, next, notice, takesTokens: this.takesTokens });
  }

  /** With a key, a token, or a link. */
  @Post('/sign-in')
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = localPath(field(request.body, 'next'));
    const refuse = (problem: SignInProblem, status: number) => {
      const props = { view: this.pages.view(request), next, problem, takesTokens: this.takesTokens };
      return this.pages.send(request, reply, SignInPage, props, status);
    };
    const link = field(request.body, 'link');
    try {
      const found = await this.whoIs(link, field(request.body, 'key').trim());
      if (found && !this.limit.allows(found.principal.id)) return refuse('tooMany', 429);
      // Not earlier: one that is turned away may come again with the same link.
      if (found && (!link || this.links.use(link))) {
        reply.header('Set-Cookie', this.sessions.open(found.principal, isSecure(request), found.endsAt));
        return void (await reply.redirect(next === '/' ? homeOf(found.principal) : next, 303));
      }
    } catch (error) {
      if (error instanceof IssuerUnavailable) return refuse('issuerAway', 503);
      throw error;
    }
    if (!this.attempts.allows(request.ip)) return refuse('tooMany', 429);
    await refuse(link ? 'linkSpent' : 'refused', 401);
  }

  @Post('/sign-out')
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.header('Set-Cookie', this.sessions.end(request.headers.cookie));
    // Pages that the browser keeps for Back are not for whoever sits down next.
    reply.header('Clear-Site-Data', '"cache"');
    await reply.redirect('/sign-in?signedOut=1', 303);
  }

  @Post('/language')
  async language(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const language = field(request.body, 'language');
    if (isLanguage(language)) reply.header('Set-Cookie', this.pages.remember(language));
    await reply.redirect(localPath(field(request.body, 'path')), 303);
  }

  private get takesTokens(): boolean {
    return this.tokens !== null;
  }

  /** @returns who it is, and when that ends if it does; undefined for nobody. @throws IssuerUnavailable */
  private async whoIs(
    link: string,
    typed: string,
  ): Promise<{ readonly principal: Principal; readonly endsAt?: number } | undefined> {
    const principal = link ? this.links.principalOf(link) : this.keys.verify(typed);
    if (principal) return { principal };
    return link ? undefined : this.tokens?.check(typed);
  }
}

const homeOf = ({ mainAccountId }: Principal): string =>
  mainAccountId === undefined ? '/accounts' : `/accounts/${encodeURIComponent(mainAccountId)}`;
