import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiForbiddenResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Principal, Role } from './principal.js';

/** A request that the guard has let through. */
export interface AuthenticatedRequest extends FastifyRequest {
  principal: Principal;
}

/** Metadata key of the roles that a route allows. */
export const ROLES_KEY = 'ledger:roles';
/** Metadata key of a route that needs no credentials. */
export const PUBLIC_KEY = 'ledger:public';

/** Metadata key of a route that is a page of the dashboard. */
export const PAGE_KEY = 'ledger:page';

/** The roles of which one is needed. A route with neither this nor `@Public()` is closed to everybody. */
export const Roles = (...roles: readonly Role[]): ClassDecorator & MethodDecorator =>
  SetMetadata(ROLES_KEY, roles);

/** For operators alone, and described so. */
export const OperatorsOnly = (): ClassDecorator =>
  applyDecorators(
    Roles('operator'),
    ApiUnauthorizedResponse({ description: '`unauthenticated`' }),
    ApiForbiddenResponse({ description: '`forbidden`: this needs the role operator' }),
  );

/** Open to everybody, without credentials. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC_KEY, true);

/**
 * For browsers: the route takes the dashboard's session cookie, and nothing else. All other routes never look at
 * a cookie, so that no other site can make a browser call them.
 */
export const Page = (): ClassDecorator & MethodDecorator => SetMetadata(PAGE_KEY, true);
