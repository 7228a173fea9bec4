import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  UnauthorizedException,
} from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MainAccountNotFound } from '../ledger/domain/errors.js';
import { ApiKeys } from './api-keys.js';
import type { AuthenticatedRequest } from './decorators.js';
import type { Principal } from './principal.js';
import { RateLimit, RETRY_AFTER_S } from './rate-limit.js';
import { RouteAccesses } from './route-access.js';
import type { Sessions } from './sessions.js';
import type { Tokens } from './tokens.js';

const BEARER = /^Bearer +(\S+)$/i;

const credentialsIn = (header: string | undefined): string | undefined => BEARER.exec(header ?? '')?.[1];

/** Stands before every route. A route that does not say who may use it is closed to everybody. */
export class AuthGuard implements CanActivate {
  private readonly accesses: RouteAccesses;

  constructor(
    reflector: Reflector,
    private readonly keys: ApiKeys,
    /** Undefined when tokens are not configured. */
    private readonly tokens: Tokens | undefined,
    private readonly limit: RateLimit,
    private readonly sessions: Sessions,
  ) {
    this.accesses = new RouteAccesses(reflector);
  }

  /** Answers without a promise wherever it can: it runs on every request. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const { isPublic, isPage } = this.accesses.of(context);
    if (isPublic) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const principal = isPage
      ? this.sessions.principalOf(request.headers.cookie)
      : this.authenticate(request.headers.authorization);
    if (!(principal instanceof Promise)) return this.admit(principal, context);
    return principal.then(
      (found) => this.admit(found, context),
      (error: unknown) => {
        // It may be forged, so it counts against its address.
        this.count(`ip:${request.ip}`, http.getResponse<FastifyReply>());
        throw error;
      },
    );
  }

  /** Whose API key it is, or whose token that was looked at before; undefined where that takes time, or is nobody's. */
  knownAtOnce(header: string | undefined): Principal | undefined {
    const credentials = credentialsIn(header);
    if (!credentials) return undefined;
    return this.keys.verify(credentials) ?? this.tokens?.known(credentials);
  }

  /** Lets through whose credentials these are, or throws. @param principal undefined for nobody's */
  admit(principal: Principal | undefined, context: ExecutionContext): true {
    const { roles } = this.accesses.of(context);
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const reply = http.getResponse<FastifyReply>();
    // Also of one that is refused below: the log says who it was.
    if (principal) request.principal = principal;
    this.count(principal?.id ?? `ip:${request.ip}`, reply);
    if (!principal) {
      const { authorization: sent } = request.headers;
      reply.header('WWW-Authenticate', `Bearer realm="ledger"${sent ? ', error="invalid_token"' : ''}`);
      throw new UnauthorizedException(
        BEARER.test(sent ?? '')
          ? 'The API key or token is not valid'
          : 'Send an API key or a token as Authorization: Bearer …',
      );
    }
    if (!roles.some((role) => principal.roles.includes(role)))
      throw new ForbiddenException(
        roles.length > 0 ? `This needs the role ${roles.join(' or ')}` : 'This route is closed',
      );
    if (principal.roles.includes('customer')) this.keepToOwnAccount(principal, request);
    return true;
  }

  private authenticate(header: string | undefined): Principal | undefined | Promise<Principal | undefined> {
    const credentials = credentialsIn(header);
    if (!credentials) return undefined;
    return this.keys.verify(credentials) ?? this.tokens?.verify(credentials);
  }

  private count(sender: string, reply: FastifyReply): void {
    if (this.limit.allows(sender)) return;
    reply.header('Retry-After', String(RETRY_AFTER_S));
    throw new HttpException('Too many requests; wait as many seconds as Retry-After says', 429);
  }

  /** A customer learns nothing about other accounts, not even that they exist. */
  private keepToOwnAccount({ mainAccountId }: Principal, request: AuthenticatedRequest): void {
    const asked = (request.params as { mainAccountId?: string }).mainAccountId;
    if (asked === undefined) throw new ForbiddenException('This route is not for customers');
    if (asked !== mainAccountId) throw new MainAccountNotFound(asked);
  }
}
