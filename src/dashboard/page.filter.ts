import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  ForbiddenException,
  HttpException,
  Injectable,
  Logger,
  UnauthorizedException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_COOKIE } from '../auth/sessions.js';
import { OutcomeUnknown, StoreUnavailable } from '../event-store/errors.js';
import { MainAccountNotFound, SipAccountNotFound } from '../ledger/domain/errors.js';
import { ReadModelBehind } from '../projections/errors.js';
import { isForm } from './form.js';
import { ForeignForm } from './own-forms.guard.js';
import { NotFoundPage, ProblemPage } from './pages/problem.js';
import { Pages } from './pages.js';
import { wantsPage } from './request.js';
import type { Texts } from './texts/en.js';

type ProblemText = 'forbidden' | 'foreign-form' | 'unreachable' | 'unknown' | 'unexpected' | 'too-many';

const STATUSES: Readonly<Record<ProblemText, number>> = {
  forbidden: 403,
  'foreign-form': 403,
  'too-many': 429,
  unreachable: 503,
  unknown: 503,
  unexpected: 500,
};

/** Shows errors as pages. Whoever is not signed in is sent to sign in, and back again afterwards. */
@Injectable()
@Catch()
export class PageFilter implements ExceptionFilter {
  private readonly logger = new Logger('Dashboard');

  constructor(private readonly pages: Pages) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    if (error instanceof UnauthorizedException) return signIn(request, reply);
    // The menu offers no pages of an account that is not there.
    const about = error instanceof MainAccountNotFound ? {} : undefined;
    const view = this.pages.view(request, about);
    const problem = problemOf(error);
    if (problem === 'not-found') return this.pages.send(request, reply, NotFoundPage, { view }, 404);
    if (problem === 'unexpected') {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      this.logger.error({ message, stack, correlationId: request.id });
    }
    const status = STATUSES[problem];
    if (status === 503) reply.header('Retry-After', '1');
    // A form is sent again from its own page: its answer has no path.
    const again = status === 503 ? view.path : undefined;
    await this.pages.send(
      request,
      reply,
      ProblemPage,
      { view, text: textOf(view.t, problem), again },
      status,
    );
  }
}

/** A page, or the page of a form, is asked for again after signing in. Programs and streams are told 401. */
async function signIn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { url, headers } = request;
  const unsent = isForm(request);
  if (!unsent && !wantsPage(request))
    return void (await reply.status(401).type('text/plain').send('Sign in first'));
  const query = new URLSearchParams({
    next: unsent ? url.replace(/\?.*/, '') : url,
    // The browser drops the cookie when the session ends, so a form is all that tells of one.
    ...(unsent ? { unsent: '1' } : headers.cookie?.includes(SESSION_COOKIE) && { expired: '1' }),
  });
  await reply.redirect(`/sign-in?${query.toString()}`, 303);
}

function problemOf(error: unknown): ProblemText | 'not-found' {
  if (error instanceof ForeignForm) return 'foreign-form';
  if (error instanceof MainAccountNotFound || error instanceof SipAccountNotFound) return 'not-found';
  if (error instanceof ForbiddenException) return 'forbidden';
  if (error instanceof OutcomeUnknown) return 'unknown';
  if (error instanceof ReadModelBehind || error instanceof StoreUnavailable) return 'unreachable';
  if (error instanceof HttpException && error.getStatus() === 429) return 'too-many';
  if (error instanceof HttpException && error.getStatus() < 500) return 'not-found';
  return 'unexpected';
}

const textOf = (t: Texts, problem: ProblemText): string =>
  problem === 'too-many' ? t.signIn.tooMany : t.problems[problem];
