import type { Route } from '../../common/index.ts';
import type { ErasedHandler } from './compiled_route.ts';
import type { RouteTable } from './route_table.ts';
import type { RouteResponse, Router, RouterOptions, ServerRequest } from './types.ts';

/** A handler without the types of its schemas. It also gets the services of its router. */
type ServedHandler<S> = (
  request: ServerRequest<never, never, never>,
  services: S,
) => Promise<RouteResponse> | RouteResponse;

/**
 * Checks a response before it is sent.
 * @throws Error when the response must not be sent
 */
export type VerifyResponse = (route: Route, response: RouteResponse) => void;

/**
 * Creates a router that adds to the table. Its services are resolved once for all of its routes.
 */
export function createRouter<S>(
  { table, verify }: { readonly table: RouteTable; readonly verify: VerifyResponse | undefined },
  options: RouterOptions<S>,
): Router<S> {
  const { mapError, services } = options;
  const provider = services === undefined ? undefined : new ServiceProvider(services);
  const withServices = (handler: ServedHandler<S>): ErasedHandler => {
    if (provider === undefined) return (request) => handler(request, undefined as S);
    return (request) => {
      const resolved = provider.get();
      return resolved instanceof Promise
        ? resolved.then((found) => handler(request, found))
        : handler(request, resolved);
    };
  };
  return {
    handle: (route, handler) =>
      table.add(route, verified(route, withServices(handler), verify), mapError),
  };
}

function verified(
  route: Route,
  handler: ErasedHandler,
  verify: VerifyResponse | undefined,
): ErasedHandler {
  if (verify === undefined) return handler;
  return async (request) => {
    const response = await handler(request);
    verify(route, response);
    return response;
  };
}

/**
 * Calls a provider until it has succeeded once. Later calls return its result without a promise.
 */
class ServiceProvider<S> {
  readonly #provide: () => S | Promise<S>;
  #resolved: { readonly services: S } | undefined;
  #pending: Promise<S> | undefined;

  constructor(provide: () => S | Promise<S>) {
    this.#provide = provide;
  }

  /**
   * Returns the services.
   * @throws the error of the provider
   */
  get(): S | Promise<S> {
    if (this.#resolved !== undefined) return this.#resolved.services;
    if (this.#pending !== undefined) return this.#pending;
    const provided = this.#provide();
    if (!(provided instanceof Promise)) return this.#keep(provided);
    this.#pending = provided
      .then((services) => this.#keep(services))
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #keep(services: S): S {
    this.#resolved = { services };
    return services;
  }
}
