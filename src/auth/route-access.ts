import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PAGE_KEY, PUBLIC_KEY, ROLES_KEY } from './decorators.js';
import type { Role } from './principal.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;
type Controller = ReturnType<ExecutionContext['getClass']>;

/** Who may use a route, as its decorators say. */
export interface RouteAccess {
  readonly isPublic: boolean;
  readonly isPage: boolean;
  readonly roles: readonly Role[];
}

/** Decorators do not change while the service runs: they are read once a route, not once a request. */
export class RouteAccesses {
  private readonly ofClass = new Map<object, Map<object, RouteAccess>>();

  constructor(private readonly reflector: Reflector) {}

  of(context: ExecutionContext): RouteAccess {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    let ofHandler = this.ofClass.get(controller);
    if (!ofHandler) this.ofClass.set(controller, (ofHandler = new Map()));
    let access = ofHandler.get(handler);
    if (!access) ofHandler.set(handler, (access = this.read([handler, controller])));
    return access;
  }

  /** What the handler says of itself goes before what its class says of all; roles go before `@Public()`. */
  private read(route: readonly (Handler | Controller)[]): RouteAccess {
    const pageAt = route.find((at) => this.reflector.get<boolean | undefined>(PAGE_KEY, at));
    for (const at of route) {
      const roles = this.reflector.get<readonly Role[] | undefined>(ROLES_KEY, at);
      const isPublic =
        roles === undefined && this.reflector.get<boolean | undefined>(PUBLIC_KEY, at) === true;
      if (roles || isPublic) return { isPublic, isPage: pageAt !== undefined, roles: roles ?? [] };
    }
    return { isPublic: false, isPage: pageAt !== undefined, roles: [] };
  }
}
