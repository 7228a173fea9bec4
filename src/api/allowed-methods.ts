import type { FastifyInstance } from 'fastify';

/** Knows which methods each path of a server has, for `Allow`. */
export class AllowedMethods {
  private readonly routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  /** Learns of the routes that the server is given from now on. */
  constructor(server: FastifyInstance) {
    server.addHook('onRoute', ({ url, method }) => {
      // Of a pattern such as /v1/main-accounts/:mainAccountId all but the names is literal, or a final wildcard.
      const path = url
        .replace(/[.+^$()|[\]{}]/g, '\\$&')
        .replace(/:[^/]+/g, '[^/]+')
        .replace(/\*/g, '.*');
      this.routes.push({ path: new RegExp(`^${path}$`), methods: [method].flat() });
    });
  }

  /** The methods of a path, without its query; none when there is no such path. */
  of(path: string): readonly string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].toSorted();
  }
}
