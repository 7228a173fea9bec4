import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundPage, ProblemPage } from './pages/problem.js';
import { Pages } from './pages.js';
import { wantsPage } from './request.js';

const OF_API = /^\/v1(?:[/?]|$)/;

/** What is said of an address that leads nowhere, or nowhere in this way. */
const NO_PAGE = [400, 404, 405, 413, 415];

/**
 * Tells browsers on a page, too, what goes wrong beside the pages: an address without one, one that is not written
 * well, a file of another release, a service that stops. What is under /v1/ is the API's to answer.
 */
@Injectable()
export class ProblemPages implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly pages: Pages,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().decorate('showProblem', (request, reply, status) => {
      const shows = (status === 503 || NO_PAGE.includes(status)) && wantsPage(request);
      if (!shows || OF_API.test(request.url)) return false;
      this.show(request, reply, status).catch((error: unknown) => reply.send(error));
      return true;
    });
  }

  private show(request: FastifyRequest, reply: FastifyReply, status: number): Promise<void> {
    // No page of an account: the menu offers none either.
    const view = this.pages.view(request, {});
    if (status !== 503) return this.pages.send(request, reply, NotFoundPage, { view }, status);
    const problem = { view, text: view.t.problems.unreachable, again: view.path };
    return this.pages.send(request, reply, ProblemPage, problem, status);
  }
}
