import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PAGE_KEY, PUBLIC_KEY, ROLES_KEY } from './decorators.js';
import type { Role } from './principal.js';

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

  private read(route: Parameters<Reflector['getAllAndOverride']>[1]): RouteAccess {
    const said = <T>(key: string): T | undefined =>
      this.reflector.getAllAndOverride<T | undefined>(key, route);
    return {
      isPublic: said<boolean>(PUBLIC_KEY) ?? false,
      isPage: said<boolean>(PAGE_KEY) ?? false,
      roles: said<readonly Role[]>(ROLES_KEY) ?? [],
    };
  }
}
