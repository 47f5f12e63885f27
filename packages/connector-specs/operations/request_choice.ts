import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import type { ApiDescription } from './api_description.ts';
import { planRequest, type RequestPlan } from './request.ts';
import { type ParsedRoute, parseRoute } from './route.ts';

type Input = Readonly<Record<string, unknown>>;

/** Options of an operation that decide which of its requests is sent, and for whom. */
export interface ChoiceOptions<K extends string, D extends K> {
  /**
   * Path of the request without an input that the path of the route contains, and that is then
   * optional: `{ folderId: '/me/messages' }`. At most one input. Absent: one path serves all calls.
   */
  readonly pathWithout?: { readonly [I in D]: `/${string}` };
  /** Path of the request with an auth type: `{ oauth_client_credentials: '/sites/all' }`. */
  readonly pathWith?: Readonly<Record<string, `/${string}`>>;
  /**
   * Inputs that are required with an auth type, and optional with others:
   * `{ oauth_client_credentials: ['userId'] }`.
   */
  readonly requiredWith?: Readonly<Record<string, readonly K[]>>;
  /** Inputs that are not sent with an auth type: `{ ears: ['region'] }`. */
  readonly omittedWith?: Readonly<Record<string, readonly K[]>>;
}

/** The requests of an operation, one of which is sent. */
export interface RequestChoice {
  /** Routes besides that of the operation. */
  readonly otherRoutes: readonly string[];
  /**
   * The request for a parsed input.
   * @throws ConnectorActionError `invalid_input` if the auth type requires an absent input
   */
  planFor(input: Input, context: Pick<ActionContext, 'secrets'>): RequestPlan;
}

/**
 * Prepares the requests of an operation.
 * @throws TypeError for options that fit neither the route nor the input
 */
export function planRequests(
  api: ApiDescription,
  route: ParsedRoute,
  options: Parameters<typeof planRequest>[2] & ChoiceOptions<string, string>,
): RequestChoice {
  const { pathWithout = {}, pathWith = {}, requiredWith = {}, omittedWith = {} } = options;
  const [only, ...more] = Object.entries(pathWithout);
  if (more.length > 0) throw new TypeError(`operation [${route.path}] has several paths`);
  const planOf = (path: string) => planAtPath(api, { ...route, path }, options);
  const plan = planRequest(api, route, options);
  const otherPlan = only && planOf(only[1]);
  const plans = new Map(Object.entries(pathWith).map(([type, path]) => [type, planOf(path)]));
  return {
    otherRoutes: [...(only ? [only[1]] : []), ...Object.values(pathWith)].map(
      (path) => `${route.method} ${path}`,
    ),
    planFor: (input, { secrets }) => {
      const authType = String(secrets['authType'] ?? '');
      const absent = namesFor(requiredWith, authType).find((name) => input[name] === undefined);
      if (absent !== undefined) throw requiredError(absent, authType);
      const isOther = only !== undefined && input[only[0]] === undefined;
      const chosen = plans.get(authType) ?? (isOther ? otherPlan : undefined) ?? plan;
      return without(namesFor(omittedWith, authType), chosen);
    },
  };
}

/** Prepares the request of an operation at another path. */
function planAtPath(
  api: ApiDescription,
  { method, path }: Pick<ParsedRoute, 'method' | 'path'>,
  options: Parameters<typeof planRequest>[2],
): RequestPlan {
  const route = parseRoute(`${method} ${path}`);
  const multiSegment = options.multiSegment?.filter((key) => route.pathKeys.includes(key)) ?? [];
  return planRequest(api, route, { ...options, multiSegment });
}

/** Names of the inputs for an auth type. */
function namesFor(
  names: Readonly<Record<string, readonly string[]>>,
  authType: string,
): readonly string[] {
  return Object.hasOwn(names, authType) ? (names[authType] ?? []) : [];
}

/** A plan that does not send some inputs. */
function without(names: readonly string[], plan: RequestPlan): RequestPlan {
  if (names.length === 0) return plan;
  const omitted = Object.fromEntries(names.map((name) => [name, undefined]));
  return {
    build: (baseUrl, input, context) => plan.build(baseUrl, { ...input, ...omitted }, context),
  };
}

/** The auth type is named in words: `client credentials`. */
function requiredError(name: string, authType: string): ConnectorActionError {
  const words = authType.replace(/^oauth_/, '').replaceAll('_', ' ');
  return new ConnectorActionError('invalid_input', `[${name}] is required with ${words}`);
}
