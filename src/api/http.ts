import { randomUUID } from 'node:crypto';
import {
  BadRequestException,
  MethodNotAllowedException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../event-store/errors.js';
import { AllowedMethods } from './allowed-methods.js';
import { answerClientError } from './client-errors.js';
import { serveDocs } from './docs.js';
import { correlationIdOf, setCommonHeaders } from './headers.js';
import { BODY_LIMIT, parseJsonBody } from './json-body.js';
import type { Problem } from './problem-of.js';
import { ReceivedRequest } from './received-request.js';
import { sendProblem } from './send-problem.js';
import { sendWhole } from './whole-answers.js';

/** Room for an idempotency key of 255 characters, each percent-encoded, in a path. */
const MAX_PARAM_LENGTH = 3 * 255;

/** A client that sends a request drop by drop is let go. Half a minute is enough for 16 KiB on any line. */
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUT_CHECK_MS = 2_000;

const JSON_TYPE = /^application\/json\s*(;|$)/i;
const NDJSON_TYPE = /^application\/x-ndjson\s*(;|$)/i;

/** What a route says of itself with `@RouteConfig`. */
export interface BodyConfig {
  /** Its body is lines of JSON, which it reads by itself as they come in. */
  readonly ndjson?: boolean;
}

/** Told of each request as it arrives. */
export type RequestObserver = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * The server under the application. Give it to `NestFactory.create`. It logs nothing of its own.
 * @param trustedProxies whose word is taken for where a request comes from
 */
export function fastifyAdapter(
  observe: RequestObserver = () => undefined,
  trustedProxies: readonly string[] = [],
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    trustProxy: [...trustedProxies],
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      // It is refused below instead, as a problem.
      requireHostHeader: false,
      IncomingMessage: ReceivedRequest,
    },
    clientErrorHandler: answerClientError,
    // So are requests that come on an open connection while the service stops.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // What the router itself refuses, such as a path that is not percent-encoded well, reaches no hook and no filter.
    frameworkErrors: ({ message }: Error, request: FastifyRequest, reply: FastifyReply) => {
      observe(request, reply);
      setCommonHeaders(request, reply);
      const problem: Problem = { code: 'invalid-request', detail: message, members: { errors: [] } };
      sendProblem(request, reply, problem, correlationIdOf(request));
    },
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    observe(request, reply);
    done();
  });
  return adapter;
}

/**
 * What holds for every request: how bodies are read, which headers every answer has, 405 and 415; and the pages
 * /openapi.json and /docs. Call it after `NestFactory.create` and before `init` or `listen`.
 */
export function configureHttp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const allowed = new AllowedMethods(server);
  // Expectations other than 100-continue may be ignored (RFC 9110, 10.1.1); Node would answer a bare 417.
  server.server.on('checkExpectation', (request, response) =>
    server.server.emit('request', request, response),
  );
  // Beyond 2 000 Node would drop headers and say nothing. Their bytes are limited.
  server.server.maxHeadersCount = 0;
  server.server.on('connection', sendWhole);
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onRequest', (request, reply, done) => {
    // By the route that was found: a path can be written in many ways.
    const { url: route, config } = request.routeOptions;
    const path = route ?? pathOf(request.url);
    const ofApi = path.startsWith('/v1/');
    setCommonHeaders(request, reply, ofApi);
    if (closing) throw new StoreUnavailable('the service is stopping');
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      throw new BadRequestException('A request needs the header Host');
    if (route === undefined) refuseMethod(allowed.of(path), request.method, reply);
    else if (ofApi) refuseOtherTypes(request, config as BodyConfig);
    done();
  });
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT }, (_request, body: Buffer, done) => {
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addContentTypeParser('application/x-ndjson', ({ routeOptions }, body, done) => {
    if ((routeOptions.config as BodyConfig).ndjson) done(null, body);
    else done(new UnsupportedMediaTypeException('Lines of JSON are not taken here'));
  });
  serveDocs(app);
}

/** As the router reads it: without an origin before it and a query behind it, and decoded. */
const pathOf = (url: string): string => decodeURI(url.replace(/^https?:\/\/[^/?#]*|[?#].*$/gi, ''));

/** A path that is there with other methods is not missing. */
function refuseMethod(methods: readonly string[], method: string, reply: FastifyReply): void {
  if (methods.length === 0) return;
  reply.header('Allow', methods.join(', '));
  throw new MethodNotAllowedException(`${method} is not allowed here`);
}

/**
 * Forms are for the pages: a form's fields must not pass for a command. Nor is a body unpacked, which could be a
 * thousand times as long.
 */
function refuseOtherTypes({ method, headers }: FastifyRequest, { ndjson }: BodyConfig): void {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new UnsupportedMediaTypeException('Send the body as it is, without Content-Encoding');
  const type = headers['content-type'];
  const [allowed, name] = ndjson ? [NDJSON_TYPE, 'application/x-ndjson'] : [JSON_TYPE, 'application/json'];
  if (method !== 'GET' && type !== undefined && !allowed.test(type))
    throw new UnsupportedMediaTypeException(`Send the body as ${name}`);
}
