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
  /**
   * Inputs that are required with an auth type, and optional with others:
   * `{ oauth_client_credentials: ['userId'] }`.
   */
  readonly requiredWith?: Readonly<Record<string, readonly K[]>>;
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
  const { pathWithout = {}, requiredWith = {}, multiSegment = [] } = options;
  const [only, ...more] = Object.entries(pathWithout);
  if (more.length > 0) throw new TypeError(`operation [${route.path}] has several paths`);
  const plan = planRequest(api, route, options);
  const other = only && parseRoute(`${route.method} ${only[1]}`);
  const otherPlan =
    other &&
    planRequest(api, other, {
      ...options,
      multiSegment: multiSegment.filter((key) => other.pathKeys.includes(key)),
    });
  return {
    otherRoutes: other === undefined ? [] : [`${other.method} ${other.path}`],
    planFor: (input, { secrets }) => {
      const authType = String(secrets['authType'] ?? '');
      const required = Object.hasOwn(requiredWith, authType) ? requiredWith[authType] : undefined;
      const absent = required?.find((name) => input[name] === undefined);
      if (absent !== undefined) throw requiredError(absent, authType);
      return otherPlan !== undefined && only !== undefined && input[only[0]] === undefined
        ? otherPlan
        : plan;
    },
  };
}

/** The auth type is named in words: `client credentials`. */
function requiredError(name: string, authType: string): ConnectorActionError {
  const words = authType.replace(/^oauth_/, '').replaceAll('_', ' ');
  return new ConnectorActionError('invalid_input', `[${name}] is required with ${words}`);
}
