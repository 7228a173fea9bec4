import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { wantsPage } from './form.js';
import { NotFoundPage } from './pages/problem.js';
import { Pages } from './pages.js';

const OF_API = /^\/v1(?:[/?]|$)/;

/** Tells browsers on a page, too, that there is none at an address. What is under /v1/ is the API's to answer. */
@Injectable()
export class UnknownPages implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly pages: Pages,
  ) {}

  /** A route for all paths would also take those that are there with other methods. */
  onModuleInit(): void {
    // Not async: every command passes here, and would wait for a promise.
    this.host.httpAdapter.getInstance().addHook('onRequest', (request, reply, done) => {
      const isUnknown = request.routeOptions.url === undefined;
      if (!isUnknown || !wantsPage(request) || OF_API.test(request.url)) return done();
      const page = this.pages.send(request, reply, NotFoundPage, { view: this.pages.view(request) }, 404);
      page.catch((error: unknown) => reply.send(error));
    });
  }
}
