import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MainAccountNotFound } from '../ledger/domain/errors.js';
import { ApiKeys } from './api-keys.js';
import { type AuthenticatedRequest, PAGE_KEY, PUBLIC_KEY, ROLES_KEY } from './decorators.js';
import type { Principal, Role } from './principal.js';
import { RateLimit } from './rate-limit.js';
import type { Sessions } from './sessions.js';
import { IssuerUnavailable, Tokens } from './tokens.js';

/** Stands before every route. A route that does not say who may use it is closed to everybody. */
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
    /** Undefined when tokens are not configured. */
    private readonly tokens: Tokens | undefined,
    private readonly limit: RateLimit,
    private readonly sessions: Sessions,
  ) {}

  /** Answers without a promise wherever it can: it runs on every request. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_KEY, route)) return true;
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES_KEY, route) ?? [];
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const reply = http.getResponse<FastifyReply>();
    const principal = this.reflector.getAllAndOverride<boolean | undefined>(PAGE_KEY, route)
      ? this.sessions.principalOf(request.headers.cookie)
      : this.authenticate(request.headers.authorization);
    return principal instanceof Promise
      ? this.later(principal, roles, request, reply)
      : this.admit(principal, roles, request, reply);
  }

  private authenticate(header: string | undefined): Principal | undefined | Promise<Principal | undefined> {
    const credentials = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
    if (!credentials) return undefined;
    return this.keys.verify(credentials) ?? this.tokens?.verify(credentials);
  }

  private async later(
    principal: Promise<Principal | undefined>,
    roles: readonly Role[],
    request: AuthenticatedRequest,
    reply: FastifyReply,
  ): Promise<boolean> {
    try {
      return this.admit(await principal, roles, request, reply);
    } catch (error) {
      if (error instanceof IssuerUnavailable) reply.header('Retry-After', '5');
      throw error;
    }
  }

  private admit(
    principal: Principal | undefined,
    roles: readonly Role[],
    request: AuthenticatedRequest,
    reply: FastifyReply,
  ): boolean {
    const wait = this.limit.take(principal?.id ?? `ip:${request.ip}`);
    if (wait > 0) {
      reply.header('Retry-After', String(wait));
      throw new HttpException('Too many requests; wait as many seconds as Retry-After says', 429);
    }
    if (!principal) {
      const sent = request.headers.authorization !== undefined;
      reply.header('WWW-Authenticate', `Bearer realm="ledger"${sent ? ', error="invalid_token"' : ''}`);
      throw new UnauthorizedException(
        sent ? 'The API key or token is not valid' : 'Send an API key or a token as Authorization: Bearer …',
      );
    }
    if (!roles.some((role) => principal.roles.includes(role)))
      throw new ForbiddenException(
        roles.length > 0 ? `This needs the role ${roles.join(' or ')}` : 'This route is closed',
      );
    if (principal.roles.includes('customer')) this.keepToOwnAccount(principal, request);
    request.principal = principal;
    return true;
  }

  /** A customer learns nothing about other accounts, not even that they exist. */
  private keepToOwnAccount({ mainAccountId }: Principal, request: AuthenticatedRequest): void {
    const asked = (request.params as { mainAccountId?: string }).mainAccountId;
    if (asked === undefined) throw new ForbiddenException('This route is not for customers');
    if (asked !== mainAccountId) throw new MainAccountNotFound(asked);
  }
}
