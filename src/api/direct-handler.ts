import type { ExecutionContext } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import type { Principal } from '../auth/principal.js';
import { parseJsonBody } from './json-body.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestPipe } from './request.pipe.js';

type Controller = new () => object;
type Method = (...args: unknown[]) => Promise<unknown>;
/** Makes one argument of a controller's method. */
type Reader = (host: ExecutionContextHost) => unknown;

/** Which method of a controller a route calls. */
export interface Target {
  readonly controller: Controller;
  readonly name: string;
}

/** What Nest's decorators say of an argument. */
interface Argument {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly factory?: (data: unknown, context: ExecutionContext) => unknown;
}

/** What an argument may be made of, by the kind that Nest gives it. */
const SOURCES = new Map<RouteParamtypes, 'body' | 'query' | 'params' | 'reply'>([
  [RouteParamtypes.BODY, 'body'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.PARAM, 'params'],
  [RouteParamtypes.RESPONSE, 'reply'],
]);

/** Decorators that would be passed over: a route that has one is refused at the start. */
const OTHERS = [
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  EXCEPTION_FILTERS_METADATA,
  HTTP_CODE_METADATA,
  HEADERS_METADATA,
];

/** Calls a controller's method with what its decorators ask for, and answers with what it returns. */
export class DirectHandler {
  private readonly controller: Controller;
  private readonly instance: Record<string, Method>;
  private readonly method: Method;
  private readonly guard: AuthGuard;
  private readonly filter: ProblemFilter;
  private readonly readers: readonly Reader[];

  /** @param status of an answer that is no problem */
  constructor(
    app: NestFastifyApplication,
    target: Target,
    private readonly status: number,
  ) {
    const { controller, name } = target;
    this.controller = controller;
    this.instance = app.get<Record<string, Method>>(controller, { strict: false });
    this.method = this.instance[name]!;
    const other = OTHERS.find((key) => [this.method, controller].some((at) => Reflect.hasMetadata(key, at)));
    if (other !== undefined) throw new Error(`${controller.name}.${name}: a direct route has no ${other}`);
    this.guard = app.get(AuthGuard, { strict: false });
    this.filter = app.get(ProblemFilter, { strict: false });
    this.readers = readersOf(app.get(RequestPipe, { strict: false }), target);
  }

  /** What the guard throws at once Fastify gives to the filter, by way of Nest. */
  answer(request: FastifyRequest, reply: FastifyReply): void {
    const host = this.hostOf(request, reply);
    const admitted = this.guard.canActivate(host);
    (admitted === true ? this.serve(host, reply) : admitted.then(() => this.serve(host, reply))).catch(
      (error: unknown) => this.filter.answer(error, request, reply),
    );
  }

  /** The same for one who is known already. @param body as it came, where there is one */
  answerTo(principal: Principal, request: FastifyRequest, reply: FastifyReply, body?: Buffer): void {
    const host = this.hostOf(request, reply);
    try {
      if (body) request.body = parsed(body, reply);
      this.guard.admit(principal, host);
    } catch (error) {
      return this.filter.answer(error, request, reply);
    }
    this.serve(host, reply).catch((error: unknown) => this.filter.answer(error, request, reply));
  }

  private hostOf(request: FastifyRequest, reply: FastifyReply): ExecutionContextHost {
    return new ExecutionContextHost([request, reply], this.controller, this.method);
  }

  private async serve(host: ExecutionContextHost, reply: FastifyReply): Promise<void> {
    const args = this.readers.map((read) => read(host));
    const answer = await this.method.apply(this.instance, args);
    await allRead();
    void reply.status(this.status).send(answer);
  }
}

/** After a body that it cannot parse Fastify lets the connection go: so every answer is the same. */
function parsed(body: Buffer, reply: FastifyReply): unknown {
  try {
    return parseJsonBody(body);
  } catch (error) {
    reply.header('Connection', 'close');
    throw error;
  }
}

let turn: Promise<void> | undefined;

/**
 * Resolves when the requests of this turn of the event loop have all been read. Answers that leave in a row cost half
 * of those between readings: the code for each is at hand, and whoever takes them need not be woken for every one.
 */
const allRead = (): Promise<void> =>
  (turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  }));

function readersOf(pipe: RequestPipe, { controller, name }: Target): readonly Reader[] {
  // Undefined for a method without any.
  const args: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name);
  const types = Reflect.getMetadata(
    'design:paramtypes',
    controller.prototype as object,
    name,
  ) as Controller[];
  const readers: Reader[] = [];
  for (const [kind, { index, data, pipes = [], factory }] of Object.entries(
    (args ?? {}) as Record<string, Argument>,
  )) {
    const source = SOURCES.get(Number.parseInt(kind, 10));
    if (factory) readers[index] = (host) => factory(data, host);
    else if (!source || data !== undefined || pipes.length > 0)
      throw new Error(`${controller.name}.${name}: a direct route cannot make its argument ${index}`);
    else if (source === 'reply') readers[index] = (host) => host.getArgByIndex(1);
    else {
      const compiled = pipe.of(types[index]!);
      readers[index] = (host) => compiled.read(host.getArgByIndex<FastifyRequest>(0)[source]);
    }
  }
  return readers;
}
