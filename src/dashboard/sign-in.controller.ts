import { Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeys } from '../auth/api-keys.js';
import { Public } from '../auth/decorators.js';
import type { Principal } from '../auth/principal.js';
import { RateLimit } from '../auth/rate-limit.js';
import { Sessions } from '../auth/sessions.js';
import { SignInLinks } from '../auth/sign-in-links.js';
import { DashboardRoutes } from './dashboard-routes.js';
import { field, localPath } from './form.js';
import { SignInLinkPage, SignInPage } from './pages/sign-in.js';
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
    const notice = (['expired', 'signedOut'] as const).find((name) => field(request.query, name));
    const next = localPath(field(request.query, 'next'));
    await this.pages.send(request, reply, SignInPage, { view, next, notice });
  }

  /** With a key, or with a link. */
  @Post('/sign-in')
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = localPath(field(request.body, 'next'));
    const refuse = (problem: 'refused' | 'tooMany' | 'linkSpent', status: number) => {
      const view = this.pages.view(request);
      return this.pages.send(request, reply, SignInPage, { view, next, problem }, status);
    };
    const link = field(request.body, 'link');
    const principal = link ? this.links.use(link) : this.keys.verify(field(request.body, 'key').trim());
    if (!principal) {
      if (this.attempts.take(request.ip) > 0) return refuse('tooMany', 429);
      return refuse(link ? 'linkSpent' : 'refused', 401);
    }
    const secure = request.headers.origin?.startsWith('https:') ?? false;
    reply.header('Set-Cookie', this.sessions.open(principal, secure));
    await reply.redirect(next === '/' ? homeOf(principal) : next, 303);
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
}

const homeOf = ({ mainAccountId }: Principal): string =>
  mainAccountId === undefined ? '/accounts' : `/accounts/${encodeURIComponent(mainAccountId)}`;
