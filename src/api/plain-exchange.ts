import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const NO_QUERY: object = Object.freeze({});

type Asked = 'raw' | 'headers' | 'id' | 'method' | 'url' | 'params' | 'query' | 'body';
type Answered = 'raw' | 'server' | 'statusCode' | 'sent' | 'hasHeader';

/** What a direct route looks at of a request, in place of Fastify's. */
export class PlainRequest implements Pick<FastifyRequest, Asked> {
  readonly id = randomUUID();
  readonly headers: IncomingMessage['headers'];
  readonly method: string;
  readonly url: string;
  readonly query = NO_QUERY;
  readonly routeOptions: { readonly url: string };
  /** Filled in when it has come. */
  body: unknown = undefined;

  /** @param route its path, as in `/v1/main-accounts/:mainAccountId` */
  constructor(
    readonly raw: IncomingMessage,
    route: string,
    readonly params: Readonly<Record<string, string>>,
  ) {
    this.headers = raw.headers;
    this.method = raw.method ?? '';
    this.url = raw.url ?? '';
    this.routeOptions = { url: route };
  }
}

/** What a direct route uses of a reply, in place of Fastify's. Its body is a text. */
export class PlainReply implements Pick<FastifyReply, Answered> {
  statusCode = 200;
  /** Names, in lower case, each with its value behind it. */
  private readonly headers: (string | number)[] = [];

  constructor(
    readonly raw: ServerResponse,
    readonly server: FastifyInstance,
  ) {}

  get sent(): boolean {
    return this.raw.headersSent;
  }

  hasHeader(name: string): boolean {
    return this.placeOf(name.toLowerCase()) < this.headers.length;
  }

  header(name: string, value: string | number): this {
    const key = name.toLowerCase();
    const at = this.placeOf(key);
    this.headers[at] = key;
    this.headers[at + 1] = value;
    return this;
  }

  status(code: number): this {
    this.statusCode = code;
    return this;
  }

  send(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.header('content-length', bytes);
    // ASCII is the same in both, and copied as it is in the one.
    this.raw.writeHead(this.statusCode, this.headers).end(text, bytes === text.length ? 'latin1' : 'utf8');
  }

  /** Where the header is, or would be put. */
  private placeOf(key: string): number {
    let at = 0;
    while (at < this.headers.length && this.headers[at] !== key) at += 2;
    return at;
  }
}
