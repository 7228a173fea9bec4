import { Get, Param, Post, Req, Res } from '@nestjs/common';
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

/** Keys cannot be guessed; this only keeps guessing from being a load. */
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
    const notice = (['expired', 'signedOut'] as const).find((name) => field(request.query, name));
    const next = localPath(field(request.query, 'next'));
    await this.pages.send(request, reply, SignInPage, { view, next, notice });
  }

  @Post('/sign-in')
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const next = localPath(field(request.body, 'next'));
    const refuse = (problem: 'refused' | 'tooMany', status: number) =>
      this.pages.send(request, reply, SignInPage, { view: this.pages.view(request), next, problem }, status);
    if (this.attempts.take(request.ip) > 0) return refuse('tooMany', 429);
    const principal = this.keys.verify(field(request.body, 'key').trim());
    if (!principal) return refuse('refused', 401);
    await this.open(principal, next, request, reply);
  }

  @Get('/sign-in/:token')
  async link(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.pages.send(request, reply, SignInLinkPage, { view: this.pages.view(request), token });
  }

  @Post('/sign-in/:token')
  async useLink(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const principal = this.links.use(token);
    if (principal) return this.open(principal, '/', request, reply);
    const view = this.pages.view(request);
    await this.pages.send(request, reply, SignInPage, { view, next: '/', problem: 'linkSpent' }, 401);
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

  private async open(
    principal: Principal,
    next: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const secure = request.headers.origin?.startsWith('https:') ?? false;
    reply.header('Set-Cookie', this.sessions.open(principal, secure));
    await reply.redirect(next === '/' ? homeOf(principal) : next, 303);
  }
}

const homeOf = ({ mainAccountId }: Principal): string =>
  mainAccountId === undefined ? '/accounts' : `/accounts/${encodeURIComponent(mainAccountId)}`;
