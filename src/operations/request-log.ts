import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { correlationIdOf } from '../api/headers.js';
import type { RequestObserver } from '../api/http.js';
import type { Principal } from '../auth/principal.js';
import type { Metrics } from './metrics.js';

/** What proxies call a request whose client has gone before its answer. */
const CLIENT_GONE = 499;

/** Measures every request, and logs it: at debug when it succeeded, at info when it was refused, else at error. */
export const requestObserver =
  (logger: Logger, metrics: Metrics): RequestObserver =>
  (request, reply) => {
    const arrived = performance.now();
    // Comes once: after the end of the answer, or when the client has gone before it. To say so to Node costs more.
    reply.raw.on('close', () => {
      const ms = performance.now() - arrived;
      const route = request.routeOptions.url ?? 'none';
      const status = reply.raw.headersSent ? reply.statusCode : CLIENT_GONE;
      metrics.httpSeconds.observe(ms / 1000, request.method, route, status);
      // A probe that finds the service not ready has found no fault.
      const level = status < 400 ? 'debug' : status < 500 || route.startsWith('/health/') ? 'info' : 'error';
      if (logger.isLevelEnabled(level))
        logger[level]({ ...about(request), route, status, ms: rounded(ms) }, 'request');
    });
  };

/** Without headers, query and body: what is secret is there. */
function about(request: FastifyRequest) {
  return {
    correlationId: correlationIdOf(request),
    requestId: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0],
    principal: (request as { principal?: Principal }).principal?.id,
  };
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
