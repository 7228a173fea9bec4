import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthGuard } from '../auth/auth.guard.js';
import type { DirectHandler } from './direct-handler.js';
import { setCommonHeaders } from './headers.js';
import type { RequestObserver } from './http.js';
import { BODY_LIMIT } from './json-body.js';
import { PlainReply, PlainRequest } from './plain-exchange.js';
import { ReceivedRequest } from './received-request.js';

interface PlainRoute {
  readonly url: string;
  /** Matches a path with ids that need no decoding, and nothing behind it. */
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handler: DirectHandler;
}

type Found = Pick<PlainRoute, 'url' | 'handler'> & { readonly params: Readonly<Record<string, string>> };

/** Of an id there is no need to decode, and longer ones are not valid. */
const ID = '([A-Za-z0-9._~-]{1,64})';
const PARAMETER = /:(\w+)/g;

const JSON_TYPES: readonly (string | undefined)[] = ['application/json', 'application/json; charset=utf-8'];

/**
 * Requests to direct routes that have nothing about them for Fastify to see to: a known path, one who is known, and a
 * body of JSON that is not too long, or none. They are answered without it; all others are left to it.
 */
export class PlainRequests {
  private readonly routes = new Map<string, PlainRoute[]>();
  private readonly others: { readonly method: string; readonly url: string }[] = [];
  private closing = false;

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly guard: AuthGuard,
    private readonly observe: RequestObserver,
  ) {
    fastify.addHook('preClose', (done) => {
      this.closing = true;
      done();
    });
  }

  add(method: string, url: string, handler: DirectHandler): void {
    const pattern = new RegExp(`^${url.replace(PARAMETER, ID)}$`);
    const names = Array.from(url.matchAll(PARAMETER), ([, name]) => name!);
    const routes = this.routes.get(method) ?? [];
    routes.push({ url, pattern, names, handler });
    this.routes.set(method, routes);
  }

  /** A route that is Fastify's alone. */
  leave(method: string, url: string): void {
    this.others.push({ method, url });
  }

  /** From now on requests come here first. @throws Error at the start for a route that would be passed over */
  goAhead(app: NestFastifyApplication): void {
    this.fastify.addHook('onReady', (done) => {
      const hidden = this.others.find(({ method, url }) => this.find(method, url));
      done(hidden && new Error(`${hidden.method} ${hidden.url}: a direct route would take its requests`));
    });
    const server = app.getHttpServer();
    const [throughFastify] = server.listeners('request') as [RequestListener];
    server.off('request', throughFastify);
    server.on('request', (raw, answer) => {
      if (!this.take(raw, answer)) throughFastify.call(server, raw, answer);
    });
  }

  private find(method: string, path: string): Found | undefined {
    for (const { url, pattern, names, handler } of this.routes.get(method) ?? []) {
      const match = pattern.exec(path);
      if (!match) continue;
      const params: Record<string, string> = {};
      for (let at = 0; at < names.length; at++) params[names[at]!] = match[at + 1]!;
      return { url, handler, params };
    }
    return undefined;
  }

  /** @returns whether it is answered here */
  private take(raw: IncomingMessage, answer: ServerResponse): boolean {
    const found = this.find(raw.method!, raw.url!);
    if (!found || this.closing || !(raw instanceof ReceivedRequest) || !isPlain(raw)) return false;
    const principal = this.guard.knownAtOnce(raw.headers.authorization);
    if (!principal) return false;
    const { url, handler, params } = found;
    const plain = new PlainRequest(raw, url, params);
    // They have all that is used of them: test/api/direct-routes sends one of every outcome.
    const request = plain as unknown as FastifyRequest;
    const reply = new PlainReply(answer, this.fastify) as unknown as FastifyReply;
    this.observe(request, reply);
    setCommonHeaders(request, reply);
    if (raw.method === 'POST') raw.giveBody((body) => handler.answerTo(principal, request, reply, body));
    else {
      raw.dropBody();
      handler.answerTo(principal, request, reply);
    }
    return true;
  }
}

function isPlain({ method, headers }: IncomingMessage): boolean {
  if (headers.host === undefined || headers['content-encoding'] !== undefined) return false;
  if (method !== 'POST') return true;
  const length = Number(headers['content-length']);
  return JSON_TYPES.includes(headers['content-type']) && length > 0 && length <= BODY_LIMIT;
}
