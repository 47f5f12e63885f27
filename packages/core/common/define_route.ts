import type { ZodType, z } from 'zod';

/** HTTP methods of routes. A HEAD request uses the GET route of the same path. */
export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One documented response of a route. */
export interface DocumentedResponse {
  readonly description: string;
  /**
   * Schema of the JSON body. `undefined`: there is no JSON body, or its shape is not guaranteed; an
   * error has the common shape, except on a page.
   */
  readonly body?: ZodType;
}

/** JSON Schema, draft 2020-12. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** Description of a body in OpenAPI. */
export interface DescribedBody {
  readonly schema: JsonSchema;
  /**
   * Schemas by name to which `schema` refers as `#/components/schemas/<name>`. Names are unique
   * among all routes.
   */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/**
 * The contract of one route, as data. The server validates, authorizes and documents with it; the
 * HTTP client builds requests from the same value. Create one with {@link defineRoute}.
 */
export interface Route {
  readonly method: HttpMethod;
  /**
   * Path of the route without base path and space prefix: `/api/actions/connector/{id}`. The last
   * part may be optional (`{id?}`) or the rest of the path (`{path*}`).
   */
  readonly path: string;
  /** `internal` routes require the `x-elastic-internal-origin` header and are not in OpenAPI. */
  readonly access: 'public' | 'internal';
  /** One line in the imperative, for OpenAPI. */
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /**
   * How a user is required.
   * - `required` (default): a request without a user gets 401.
   * - `optional`: the handler gets `user: undefined`.
   * - `best_effort`: like `optional`; the route is also called when the store is unavailable, so
   *   that no user can be recognised.
   * - `none`: credentials are ignored.
   */
  readonly authentication?: 'required' | 'optional' | 'best_effort' | 'none';
  /**
   * Privileges that the user must have in the space of the request, for example `actions:execute`.
   * If one of them is missing, the request gets 403. Default: any signed-in user may call the
   * route.
   */
  readonly privileges?: readonly string[];
  /**
   * `false`: the request needs neither `kbn-xsrf` nor `kbn-version`. Only for routes whose own
   * protocol prevents cross-site requests. Default: `true`.
   */
  readonly xsrfRequired?: boolean;
  /**
   * `form`: the body is an HTML form and its fields are strings; another type gets 415. A page of
   * another site can post a form, so the route must verify that the request comes from its own
   * page. Default: `json`.
   */
  readonly bodyFormat?: 'json' | 'form';
  /**
   * Maximum bytes of the body; a larger body gets 413. Default: `server.maxPayload`, or 32 KiB if
   * `authentication` is not `required`, because callers without credentials can send these bodies.
   */
  readonly maxBodyBytes?: number;
  /**
   * `true`: users open the route in a browser. Without a session they are sent to the login page
   * instead of getting 401. Default: `false` for `/metrics` and below `/api` and `/internal`, else
   * `true`.
   */
  readonly isPage?: boolean;
  /**
   * `true`: large responses are compressed. Only for routes whose responses contain no credential
   * and no token and that pages of other sites cannot call: an attacker who can put text into a
   * compressed response can find out its content from its length (BREACH). Default: `false`.
   */
  readonly isCompressible?: boolean;
  /** Schema of the path parameters, by name. */
  readonly params?: ZodType;
  /** Schema of the query. The values of the request are strings. */
  readonly query?: ZodType;
  readonly body?: ZodType;
  /**
   * Describes the body in OpenAPI with facts that only the running server has, for example the
   * inputs of registered types. Called once, when all plugins are set up. Validation is still that
   * of `body`. Absent: OpenAPI has the JSON Schema of `body`.
   * @param body JSON Schema of `body`
   */
  readonly describeBody?: (body: JsonSchema) => DescribedBody;
  /** Documented responses by status. Error responses in the common shape need no entry. */
  readonly responses?: Readonly<Record<number, DocumentedResponse>>;
}

/** Declares a route and keeps the exact types of its schemas. */
export function defineRoute<const T extends Route>(route: T): T {
  return route;
}

/** Parsed path parameters, as the handler gets them. `unknown`: the route has no schema. */
export type RouteParams<T extends Route> = Parsed<T, 'params'>;
/** Parsed query, as the handler gets it. `unknown`: the route has no schema. */
export type RouteQuery<T extends Route> = Parsed<T, 'query'>;
/** Parsed body, as the handler gets it. `unknown`: the route has no schema. */
export type RouteBody<T extends Route> = Parsed<T, 'body'>;

type Part = 'params' | 'query' | 'body';

type Parsed<T extends Route, P extends Part> =
  T extends Readonly<Record<P, infer S extends ZodType>> ? z.output<S> : unknown;

/**
 * Path parameters, query and body that a caller passes. A part without a schema is absent; a part
 * in which nothing is required may be left out.
 */
export type RouteInput<T extends Route> = InputPart<T, 'params'> &
  InputPart<T, 'query'> &
  InputPart<T, 'body'>;

type InputPart<T extends Route, P extends Part> =
  T extends Readonly<Record<P, infer S extends ZodType>>
    ? IsOptional<z.input<S>> extends true
      ? { readonly [K in P]?: z.input<S> }
      : { readonly [K in P]: z.input<S> }
    : { readonly [K in P]?: never };

type IsOptional<T> = undefined extends T ? true : Record<never, never> extends T ? true : false;

/** Statuses of the responses that a route documents. `number`: it documents none. */
export type RouteStatus<T extends Route> = T extends { readonly responses: infer R }
  ? keyof R & number
  : number;

/**
 * JSON body for a status, as the handler returns it. `unknown`: the shape is not guaranteed, or the
 * route documents no responses.
 */
export type ResponseInput<T extends Route, S> =
  BodySchema<T, S> extends infer B extends ZodType ? ReadonlyDeep<z.input<B>> : unknown;

/** JSON body for a status, as the caller gets it. `unknown`: the shape is not guaranteed. */
export type ResponseOutput<T extends Route, S> =
  BodySchema<T, S> extends infer B extends ZodType ? z.output<B> : unknown;

type BodySchema<T extends Route, S> = T extends {
  readonly responses: infer R;
}
  ? S extends keyof R
    ? R[S] extends { readonly body: infer B }
      ? B
      : undefined
    : undefined
  : undefined;

/** The type with all properties and arrays read-only at any depth. */
export type ReadonlyDeep<T> = T extends readonly (infer E)[]
  ? readonly ReadonlyDeep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
    : T;
