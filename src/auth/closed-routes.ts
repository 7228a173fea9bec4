import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC_KEY, ROLES_KEY } from './decorators.js';

/** The handlers, as `Controller.method`, that say neither who may use them nor that everybody may. */
export function closedRoutes(
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  reflector: Reflector,
): readonly string[] {
  const closed: string[] = [];
  for (const { instance, metatype } of discovery.getControllers()) {
    const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (!handler || !metatype || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
      const said = [PUBLIC_KEY, ROLES_KEY].some(
        (key) => reflector.getAllAndOverride<unknown>(key, [handler, metatype]) !== undefined,
      );
      if (!said) closed.push(`${metatype.name}.${name}`);
    }
  }
  return closed;
}
