import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import type { RouteHandlerMethod } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { DirectHandler, type Target } from './direct-handler.js';
import type { RequestObserver } from './http.js';
import { PlainRequests } from './plain-requests.js';

/**
 * Lets the method be called without Nest in between, whose way there and back takes some 8 µs of promises, and for a
 * plain request without Fastify, which takes as long. The guard, the pipe, the filter and the decorators are the same,
 * and so is every answer. It sends no files and streams.
 */
export const DirectRoute = (): MethodDecorator => (target, name, descriptor) =>
  RouteConfig({ direct: { controller: target.constructor, name } })(target, name, descriptor);

/**
 * Makes the handlers of direct routes. Call it before `init` or `listen`.
 * @param observe told of each request that does not come to Fastify
 */
export function serveDirectly(app: NestFastifyApplication, observe: RequestObserver = () => undefined): void {
  const server = app.getHttpAdapter().getInstance();
  const plain = new PlainRequests(server, app.get(AuthGuard, { strict: false }), observe);
  server.addHook('onRoute', (route) => {
    const { direct } = (route.config ?? {}) as { direct?: Target };
    if (!direct) {
      for (const method of [route.method].flat()) plain.leave(method, route.url);
      return;
    }
    const handler = new DirectHandler(app, direct, route.method === 'POST' ? 201 : 200);
    plain.add(String(route.method), route.url, handler);
    route.handler = throughFastify(handler, route.handler);
  });
  plain.goAhead(app);
}

const throughFastify = (handler: DirectHandler, throughNest: RouteHandlerMethod): RouteHandlerMethod =>
  function (request, reply) {
    // Nest takes a path with an empty part for one that is not there.
    if (Object.values(request.params as object).includes('')) return throughNest.call(this, request, reply);
    handler.answer(request, reply);
  };
