import type { Route } from '../../common/index.ts';
import {
  type CompiledRoute,
  compileRoute,
  type ErasedHandler,
  routeKeys,
} from './compiled_route.ts';
import type { ErrorMapper } from './types.ts';

/** All routes of the server, until they are passed to the HTTP server. */
export class RouteTable {
  readonly #routes: CompiledRoute[] = [];
  readonly #taken = new Set<string>();
  #closed = false;

  get routes(): readonly CompiledRoute[] {
    return this.#routes;
  }

  /**
   * Adds a route.
   * @throws Error naming method and path when the route exists, or after {@link close}
   */
  add(contract: Route, handler: ErasedHandler, mapError: ErrorMapper | undefined): void {
    const name = `${contract.method.toUpperCase()} ${contract.path}`;
    if (this.#closed) throw new Error(`Route ${name} must be registered in setup`);
    const route = compileRoute(contract, handler, mapError);
    for (const key of routeKeys(route)) {
      if (this.#taken.has(key)) throw new Error(`Route ${name} is registered twice`);
      this.#taken.add(key);
    }
    this.#routes.push(route);
  }

  /**
   * Ends the registration of routes.
   * @returns all routes
   */
  close(): readonly CompiledRoute[] {
    this.#closed = true;
    return this.#routes;
  }

  /**
   * Returns the methods of a path. Empty: no route has the path. A literal path of one route
   * (`/connector/_oauth_callback_script`) does not also match the placeholder of another one
   * (`/connector/{id}`). Only OPTIONS requests use this, so it may be slow.
   */
  methodsOf(path: string): string[] {
    const matching = this.#routes.filter(({ routerPath }) => toPattern(routerPath).test(path));
    const fewest = Math.min(...matching.map(placeholdersOf));
    const methods = new Set<string>();
    for (const route of matching) {
      if (placeholdersOf(route) > fewest) continue;
      methods.add(route.method);
      if (route.method === 'GET') methods.add('HEAD');
    }
    return methods.size === 0 ? [] : [...methods, 'OPTIONS'];
  }
}

const placeholdersOf = ({ routerPath }: CompiledRoute): number =>
  routerPath.match(/[:*]/g)?.length ?? 0;

function toPattern(routerPath: string): RegExp {
  const source = routerPath
    .replace(/[.\\+^$()[\]{}|]/g, '\\$&')
    .replace(/\/:[A-Za-z0-9_]+\?$/, '(?:/[^/]+)?')
    .replace(/:[A-Za-z0-9_]+/g, '[^/]+')
    .replace(/\*$/, '.*');
  return new RegExp(`^${source}/?$`);
}
