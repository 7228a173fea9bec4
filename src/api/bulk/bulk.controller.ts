import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Controller, HttpCode, HttpException, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type AuthenticatedRequest, Roles } from '../../auth/decorators.js';
import { cameThroughProxy, correlationIdOf } from '../headers.js';
import type { BodyConfig } from '../http.js';
import { BulkQuery } from '../requests/bulk-lines.js';
import { ApiBulk } from './api-bulk.js';
import { Bulk } from './bulk.js';
import { IDLE_MS, MAX_OPEN } from './limits.js';

/** Any commands of any accounts in one request. */
@ApiTags('Commands')
@Roles('billing')
@Controller('v1/commands')
export class BulkController {
  private open = 0;

  constructor(private readonly bulk: Bulk) {}

  @ApiBulk()
  @RouteConfig({ ndjson: true } satisfies BodyConfig)
  @HttpCode(200)
  @Post()
  bookCommands(
    @Query() { atomic }: BulkQuery,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Readable | Promise<Buffer> {
    let booking: Promise<Buffer> | undefined;
    this.enter(reply, () => booking);
    const sender = {
      actor: request.principal.id,
      correlationId: correlationIdOf(request),
      causationId: request.id,
    };
    reply.header('Content-Type', 'application/x-ndjson; charset=utf-8');
    const body = bodyOf(request.raw);
    if (atomic) return (booking = this.bulk.bookTogether(body, sender));
    const results = this.bulk.bookEach(body, sender);
    // Many a proxy passes no more of a request on once its answer has begun: nginx, and over HTTP/1.1 what is made in Go.
    return cameThroughProxy(request) ? (booking = buffer(results)) : results;
  }

  /** @param booking what goes on without the client, and needs its room until it is done */
  private enter(reply: FastifyReply, booking: () => Promise<unknown> | undefined): void {
    const { socket } = reply.raw.req;
    // A client that has gone while its token was checked: no further `close` would make room again.
    if (socket.destroyed) return;
    if (this.open >= MAX_OPEN)
      throw new HttpException(`At most ${MAX_OPEN} requests with commands in bulk are open at a time`, 429);
    this.open += 1;
    let left = false;
    const leave = () => {
      socket.off('close', leave);
      if (!left) void Promise.allSettled([booking()]).then(() => (this.open -= 1));
      left = true;
    };
    // One or both: an answer that waits behind another one is not told when its connection goes.
    reply.raw.once('close', leave);
    socket.once('close', leave);
    reply.raw.setTimeout(IDLE_MS);
  }
}

/**
 * The body. It is not destroyed when it is not read to its end: that would cut the connection before the answer.
 * The rest is thrown away, since the next request on the connection comes after it.
 */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } finally {
    request.resume();
  }
}
