import type { ZodType } from 'zod';
import type { Route } from '../../common/index.ts';
import type { ErrorMapper, RouteResponse, ServerRequest } from './types.ts';

/**
 * A handler without the types of its schemas; validation guarantees the types that the schemas
 * declare.
 */
export type ErasedHandler = (
  request: ServerRequest<never, never, never>,
) => Promise<RouteResponse> | RouteResponse;

/** A route with all defaults filled in, so that no default is computed per request. */
export interface CompiledRoute {
  readonly contract: Route;
  /** HTTP method in upper case. */
  readonly method: string;
  /** Path in the notation of the router: `/connector/:id`. */
  readonly routerPath: string;
  /** Name of the route in logs and metrics. It never contains the value of a parameter. */
  readonly template: string;
  readonly isInternal: boolean;
  readonly needsXsrfHeader: boolean;
  /** `true`: responses have a header with the version of the public API. */
  readonly isVersioned: boolean;
  /** `true`: a browser without a session is sent to the login page. */
  readonly isPage: boolean;
  /** `true`: large responses are compressed. */
  readonly isCompressible: boolean;
  readonly authentication: NonNullable<Route['authentication']>;
  readonly requiredPrivileges: readonly string[];
  readonly params: ZodType | undefined;
  readonly query: ZodType | undefined;
  readonly body: ZodType | undefined;
  /** Name of a trailing `{name*}`. `undefined`: none. */
  readonly wildcard: string | undefined;
  /** Maximum bytes of the body. `undefined`: `server.maxPayload` applies. */
  readonly maxBodyBytes: number | undefined;
  readonly bodyFormat: 'json' | 'form';
  readonly mapError: ErrorMapper | undefined;
  readonly handler: ErasedHandler;
}

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)([?*]?)\}/g;

/**
 * Paths that programs call. They expect a status; a login page with status 200 would look like a
 * success to them.
 */
const FOR_PROGRAMS = /^\/(?:api|internal|metrics)(?:\/|$)/;

/**
 * Maximum bytes of a body that a caller without credentials may send, unless the route declares
 * another limit. Parsing blocks the process, and these requests are not counted or limited.
 */
const MAX_ANONYMOUS_BODY_BYTES = 32 * 1024;

/**
 * Compiles a declared route for the server.
 * @throws Error when the path is not in Kibana's notation
 */
export function compileRoute(
  contract: Route,
  handler: ErasedHandler,
  mapError: ErrorMapper | undefined,
): CompiledRoute {
  const { method, path, access, authentication = 'required' } = contract;
  const { routerPath, wildcard } = translatePath(method, path);
  const maxBytes = authentication === 'required' ? undefined : MAX_ANONYMOUS_BODY_BYTES;
  return {
    contract,
    method: method.toUpperCase(),
    routerPath,
    template: path,
    isVersioned: access === 'public' && path.startsWith('/api/'),
    isInternal: access === 'internal',
    needsXsrfHeader: method !== 'get' && contract.xsrfRequired !== false,
    isPage: contract.isPage ?? !FOR_PROGRAMS.test(path),
    isCompressible: contract.isCompressible ?? false,
    authentication,
    requiredPrivileges: contract.privileges ?? [],
    params: contract.params,
    query: contract.query,
    body: contract.body,
    wildcard,
    maxBodyBytes: contract.maxBodyBytes ?? maxBytes,
    bodyFormat: contract.bodyFormat ?? 'json',
    mapError,
    handler,
  };
}

/**
 * Returns the keys of a route, such as `get /a/{}`, which must be unique among all routes. A route
 * with an optional last part has two.
 */
export function routeKeys(route: CompiledRoute): string[] {
  const full = `${route.method} ${route.template.replace(PLACEHOLDER, '{}')}`;
  return route.template.endsWith('?}') ? [full, full.replace(/\/\{\}$/, '')] : [full];
}

function translatePath(
  method: string,
  path: string,
): { readonly routerPath: string; readonly wildcard: string | undefined } {
  let wildcard: string | undefined;
  const routerPath = path.replace(PLACEHOLDER, (whole, name: string, mark: string, at: number) => {
    if (mark !== '' && at + whole.length !== path.length) {
      throw new Error(`Route ${method} ${path}: only the last part may be optional or a wildcard`);
    }
    if (mark !== '*') return `:${name}${mark}`;
    wildcard = name;
    return '*';
  });
  if (!path.startsWith('/') || /[{}]/.test(routerPath)) {
    throw new Error(`Route ${method} ${path}: the path is not in the form /part/{name}`);
  }
  return { routerPath, wildcard };
}
