import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { correlationIdOf } from '../api/headers.js';
import type { Principal } from '../auth/principal.js';
import type { Metrics } from './metrics.js';

/** Measures every request, and logs it: at debug when it succeeded, at info when it was refused, else at error. */
export function observeRequests(server: FastifyInstance, logger: Logger, metrics: Metrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    metrics.httpSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    // A probe that finds the service not ready has found no fault.
    const level = status < 400 ? 'debug' : status < 500 || route.startsWith('/health/') ? 'info' : 'error';
    if (logger.isLevelEnabled(level)) logger[level](lineOf(request, reply, route), 'request');
    done();
  });
}

/** Without headers, query and body: what is secret is there. */
function lineOf(request: FastifyRequest, reply: FastifyReply, route: string) {
  return {
    correlationId: correlationIdOf(request),
    requestId: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0],
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    principal: (request as { principal?: Principal }).principal?.id,
  };
}
