import type { EgressResponse } from '@latchkey/egress';
import { valuesAt } from '@latchkey/oauth-providers';
import { type ZodObject, type ZodRawShape, type ZodType, z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import type {
  ActionContext,
  ActionDefinition,
  OAuthScope,
  ScopeRequirement,
} from '../contract/types.ts';
import type { ApiDescription } from './api_description.ts';
import { baseUrlFor } from './base_url.ts';
import { inputOf, parseInput } from './input_schema.ts';
import {
  itemsOf,
  keptItems,
  type NamedPage,
  namedPage,
  nextCursorOf,
  noticeOf,
  type Page,
  type Pages,
  pageSchema,
  totalOf,
  UnusableLinkError,
  withinLimit,
} from './pages.ts';
import type { BuiltRequest, RequestOptions } from './request.ts';
import { type ChoiceOptions, planRequests, type RequestChoice } from './request_choice.ts';
import { type PathKeys, parseRoute, type Route } from './route.ts';
import { sendOperation } from './send.ts';
import { toApiResponse } from './vendor_failure.ts';
import { walkPages } from './walk_pages.ts';
import type { Naming, WireEntry, WireName } from './wire.ts';

/** Maximum number of pages that a call with `all: true` reads. */
const MAX_PAGES = 100;
const DEFAULT_MAX_ITEMS = 1_000;

/** Names of inputs. */
type InputKey<S extends ZodRawShape> = keyof S & string;

/** Options of an operation, as its author writes them. */
export interface OperationOptions<
  S extends ZodRawShape,
  O extends ZodType,
  W extends { readonly [K in InputKey<S>]?: WireEntry },
  P extends Pages<InputKey<S>> | undefined,
  D extends InputKey<S> = never,
> extends RequestOptions,
    ChoiceOptions<InputKey<S>, D> {
  /**
   * Effect of the action. Default: `read` for GET, HEAD, GraphQL queries and with `isQuery`;
   * `destroy` for PUT, PATCH and DELETE. Others must state it.
   */
  readonly scope?: ActionDefinition['scope'];
  /**
   * Text for users and models: the result of the action, when to use it, and its limits. Absent:
   * the operation is not an action, and only handlers call it.
   */
  readonly description?: string;
  /** `true`: models may call the action. Default `true`. */
  readonly isTool?: boolean;
  /** Fields of the input. Every text and list has a maximum. */
  readonly input: S;
  /** Names of inputs of which at least one is required. `optional`: all optional inputs. */
  readonly atLeastOneOf?: readonly InputKey<S>[] | 'optional';
  /** Inputs, each with the inputs that cannot be given with it. */
  readonly notTogether?: { readonly [K in InputKey<S>]?: readonly InputKey<S>[] };
  /** Names and places of inputs that differ from the rules of the API. */
  readonly wire?: W;
  /**
   * Schema of the body of the response, or of one item of it if there are `pages`. Other fields are
   * removed.
   */
  readonly output: O;
  /**
   * Dotted path to the part of the body that `output` and `pages` describe. A number is the index
   * in a list: `replies.0.addSheet`. Default: the whole body.
   */
  readonly result?: string;
  readonly pages?: P;
  /**
   * `true`: the action has the input `raw`. A call with `raw: true` returns the body of one
   * response without checking it or removing fields. Default: that of the API description.
   */
  readonly hasRaw?: boolean;
  /**
   * Form in which the body is read. Default `json`. `bytes`: `output` gets a Buffer, for handlers
   * that return a file. `none`: the body is ignored, and `output` gets `{ ok: true }`, or the
   * result that `confirms` describes.
   */
  readonly response?: ResponseFormat;
  /**
   * Result of a response without a body: `{ flag: 'updated', inputs: ['issueId'] }` gives
   * `{ updated: true, issueId }`. Only with `response: 'none'`.
   */
  readonly confirms?: { readonly flag: string; readonly inputs: readonly InputKey<S>[] };
  /**
   * Hosts other than that of the API to which a redirect may lead, for files. They get no
   * credentials. `*.` and a domain stand for every host below the domain.
   */
  readonly redirectHosts?: readonly string[];
  /** Scopes without which the API refuses the request. Default: those of the API description. */
  readonly oauthScopes?: readonly OAuthScope[];
  /**
   * Further scopes that are requested. Without them the API returns fewer objects. Default: none.
   */
  readonly optionalScopes?: readonly string[];
  /** Requirement of the scopes. Default: that of the API description, or `true`. */
  readonly isScopeRequired?: ScopeRequirement;
  /** `true`: a request by POST that changes nothing, for example a search. */
  readonly isQuery?: boolean;
  /**
   * `true`: a second execution has no further effect. Operations that read always are. Default:
   * `true` for PUT and DELETE (RFC 9110 section 9.2.2), `false` for others.
   */
  readonly isRepeatable?: boolean;
}

/** The form in which an operation reads the body of a response. */
type ResponseFormat = 'json' | 'text' | 'bytes' | 'none';

/** Result of an operation: its output, or a page of it. */
export type ResultOf<O extends ZodType, P> = P extends Pages
  ? NamedPage<z.output<O>, P>
  : z.output<O>;

/** The request of an operation, for tests against the description of the vendor. */
export interface OperationRequest extends Pick<ActionDefinition, 'oauthScopes' | 'optionalScopes'> {
  readonly route: string;
  /** The GraphQL document. `undefined`: the operation is not a GraphQL request. */
  readonly document: string | undefined;
  /** `true`: the operation only reads, although its method can change data. */
  readonly isQuery: boolean;
  readonly response: ResponseFormat;
  /** Schema of the result, or of one item of it. */
  readonly item: ZodType;
  /** Path to the result in the body of the response. Empty: the result is the whole body. */
  readonly resultPath: string;
  /** Paths of the list. `undefined`: the response is not a list. */
  readonly pages: Pages | undefined;
  /** Hosts other than that of the API to which a redirect may lead. */
  readonly redirectHosts: readonly string[];
  /** Routes of the same operation with another path, see `pathWithout`. */
  readonly otherRoutes: readonly string[];
}

/** An action that is one request to an API, and that handlers of other actions can call. */
export interface Operation<S extends ZodRawShape, R, P = undefined>
  extends ActionDefinition<ZodObject<S>>,
    OperationRequest {
  readonly output: ZodType;
  /**
   * Sends the request for another action.
   * @param input values that are not parsed yet
   * @throws ConnectorActionError; errors of transport and authorization unchanged
   */
  call(
    context: ActionContext,
    input: z.input<ZodObject<S>> & (P extends Pages ? { readonly all?: boolean } : unknown),
  ): Promise<R>;
}

/** Returns `true` for an action that is an operation. */
export function isOperation(
  action: ActionDefinition,
): action is ActionDefinition & OperationRequest {
  return 'route' in action && 'isQuery' in action;
}

/** Path parameters with the same value in every request: those of `fixed.path`. */
export interface FixedPath<F extends string> {
  readonly fixed?: { readonly path?: { readonly [K in F]: string } };
}

/** Path keys of a route for which there is no required input. */
export type MissingPathKeys<R extends string, S extends ZodRawShape, W, N extends Naming> = Exclude<
  PathKeys<R>,
  {
    [K in InputKey<S>]: undefined extends z.output<S[K]> ? never : WireName<K, W, N>;
  }[InputKey<S>]
>;

/**
 * Adds a member that cannot exist if a path key has no input, so that the operation does not
 * compile.
 */
export type ChecksPathKeys<Missing> = [Missing] extends [never]
  ? unknown
  : { readonly 'path keys without a required input': Missing };

/** Everything that the handler of an operation needs. */
interface Plan {
  readonly api: ApiDescription;
  readonly requests: RequestChoice;
  readonly inputSchema: ZodType;
  readonly output: ZodType;
  readonly pages: Pages | undefined;
  readonly response: ResponseFormat;
  readonly confirms: { readonly flag: string; readonly inputs: readonly string[] };
  readonly isRepeatable: boolean;
  readonly redirectHosts: readonly string[] | undefined;
  /** Path to the part of the body that `output` and `pages` describe. Empty: the whole body. */
  readonly resultPath: string;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * Creates an operation. Use the function `operation` of `defineApi` instead, which knows the API.
 * @param source.graphql the GraphQL document. `undefined`: the operation is not a GraphQL request
 * @throws TypeError for a route, wire rule or page rule that does not fit the input
 */
export function createOperation<
  const R extends Route,
  S extends ZodRawShape,
  O extends ZodType,
  const W extends { readonly [K in InputKey<S>]?: WireEntry },
  const P extends Pages<InputKey<S>> | undefined,
  const D extends InputKey<S> = never,
>(
  source: { readonly api: ApiDescription; readonly graphql?: { readonly document: string } },
  route: R,
  options: OperationOptions<S, O, W, P, D>,
): Operation<S, ResultOf<O, P>, P> {
  const { api, graphql } = source;
  const parsed = parseRoute(route);
  const isQuery = options.isQuery ?? false;
  const isReading = isQuery || ['GET', 'HEAD'].includes(parsed.method);
  const scope = options.scope ?? effectOf(parsed.method, isReading);
  if (scope === undefined) throw new TypeError(`operation [${route}] needs a scope`);
  if (scope === 'read' && !isReading) {
    throw new TypeError(`operation [${route}] reads, but its method can change data`);
  }
  const oauthScopes =
    options.oauthScopes ?? api.oauthScopes?.[scope === 'read' ? 'read' : 'change'];
  const { isReadRequired = true } = api.oauthScopes ?? {};
  const hasRaw = options.hasRaw ?? (api.readsHaveRaw === true && scope === 'read');
  const pages: Pages | undefined = options.pages;
  const inputSchema = inputOf(options.input, {
    pages,
    atLeastOneOf: options.atLeastOneOf ?? [],
    notTogether: options.notTogether ?? {},
    hasRaw,
  });
  const plan: Plan = {
    api,
    requests: planRequests(api, parsed, { ...options, pages, graphql }),
    inputSchema,
    output: options.output,
    pages,
    response: options.response ?? 'json',
    confirms: options.confirms ?? { flag: 'ok', inputs: [] },
    isRepeatable:
      scope === 'read' || (options.isRepeatable ?? ['PUT', 'DELETE'].includes(parsed.method)),
    redirectHosts: options.redirectHosts,
    resultPath: [graphql && 'data', options.result].filter(Boolean).join('.'),
  };
  const run = async (context: ActionContext, input: Input): Promise<ResultOf<O, P>> =>
    // The result type depends on `pages`, which TypeScript cannot see in a branch, and `raw` is not
    // declared.
    (hasRaw && input['raw'] === true
      ? await readRaw(plan, context, input)
      : pages === undefined
        ? await readOne(plan, context, input)
        : namedPage(pages, await readPages({ ...plan, pages }, context, input))) as ResultOf<O, P>;
  return {
    route,
    document: graphql?.document,
    isQuery,
    response: plan.response,
    item: options.output,
    resultPath: plan.resultPath,
    pages,
    redirectHosts: options.redirectHosts ?? [],
    otherRoutes: plan.requests.otherRoutes,
    input: inputSchema,
    output: pages === undefined ? options.output : pageSchema(pages, options.output),
    isTool: options.isTool ?? true,
    scope,
    description: options.description ?? '',
    ...(oauthScopes === undefined || oauthScopes.length === 0 ? {} : { oauthScopes }),
    ...(options.optionalScopes === undefined ? {} : { optionalScopes: options.optionalScopes }),
    isScopeRequired: options.isScopeRequired ?? (scope === 'read' ? isReadRequired : true),
    handler: run,
    call: async (context, input) => run(context, parseInput(inputSchema, input)),
  };
}

/** The effect of a request. `undefined`: the method leaves it open. */
function effectOf(method: string, isReading: boolean): ActionDefinition['scope'] | undefined {
  if (isReading) return 'read';
  return ['PUT', 'PATCH', 'DELETE'].includes(method) ? 'destroy' : undefined;
}

async function send(
  plan: Plan,
  context: ActionContext,
  input: Input,
): Promise<{ readonly request: BuiltRequest; readonly response: EgressResponse }> {
  const request = await plan.requests
    .planFor(input, context)
    .build(baseUrlFor(plan.api.baseUrl, context), input, context);
  const response = await sendOperation(plan.api, context, {
    ...request.egress,
    isRepeatable: plan.isRepeatable || request.hasIdempotencyKey,
    needsBody: plan.response !== 'none',
    redirectHosts: plan.redirectHosts,
  });
  return { request, response };
}

/** The body of one response, unchanged. */
async function readRaw(plan: Plan, context: ActionContext, input: Input): Promise<unknown> {
  const { response } = await send(plan, context, input);
  return response.data;
}

async function readOne(plan: Plan, context: ActionContext, input: Input): Promise<unknown> {
  const { response } = await send(plan, context, input);
  if (plan.response === 'none')
    return parseOutput(plan, plan.output, { value: confirmation(plan, input) });
  if (plan.response === 'bytes') return parseOutput(plan, plan.output, { value: response.body });
  const value = plan.response === 'text' ? response.body.toString('utf8') : bodyOf(plan, response);
  return parseOutput(plan, plan.output, { at: plan.resultPath, value });
}

/** The result of a request whose response has no body. */
function confirmation({ confirms }: Plan, input: Input): Input {
  const named = confirms.inputs.map((name) => [name, input[name]]);
  return { [confirms.flag]: true, ...Object.fromEntries(named) };
}

type PagedPlan = Plan & { readonly pages: Pages };

async function readPages(
  plan: PagedPlan,
  context: ActionContext,
  { all, ...input }: Input,
): Promise<Page<unknown>> {
  if (all !== true) return readPage(plan, context, input);
  const { cursor, maxItems = DEFAULT_MAX_ITEMS } = plan.pages;
  const items: unknown[] = [];
  let nextCursor: string | number | undefined;
  let total: number | undefined;
  let notice: string | undefined;
  const pages = walkPages(context, {
    name: plan.api.name,
    cursor: cursorOf(input[cursor]),
    maxPages: MAX_PAGES,
    read: (next) => readPage(plan, context, { ...input, [cursor]: next }),
  });
  for await (const page of pages) {
    items.push(...page.items);
    nextCursor = page.nextCursor;
    total ??= page.total;
    notice ??= page.notice;
    if (items.length >= maxItems) break;
  }
  return pageOf({ items, nextCursor, total, notice });
}

function cursorOf(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

async function readPage(
  plan: PagedPlan,
  context: ActionContext,
  call: Input,
): Promise<Page<unknown>> {
  const input = withinLimit(plan.pages, call);
  const { request, response } = await send(plan, context, input);
  const body = bodyOf(plan, response);
  const all = itemsOf(plan.pages, body);
  const items = parseOutput(plan, z.array(plan.output), {
    at: [plan.resultPath, plan.pages.items].filter(Boolean).join('.'),
    value: keptItems(plan.pages, all),
  });
  const total = totalOf(plan.pages, body);
  try {
    const nextCursor = nextCursorOf(
      plan.pages,
      { ...toApiResponse(response), body },
      { baseUrl: request.baseUrl, input, itemCount: Array.isArray(all) ? all.length : 0 },
    );
    const notice = noticeOf(plan.pages, body, { nextCursor, total });
    return pageOf({ items, nextCursor, total, notice });
  } catch (error) {
    if (error instanceof UnusableLinkError) throw unexpected(plan, error.message);
    throw error;
  }
}

function pageOf({
  items,
  nextCursor,
  total,
  notice,
}: {
  readonly [K in keyof Required<Page<unknown>>]: Page<unknown>[K] | undefined;
} & Pick<Page<unknown>, 'items'>): Page<unknown> {
  return {
    items,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    ...(total === undefined ? {} : { total }),
    ...(notice === undefined ? {} : { notice }),
  };
}

function bodyOf({ resultPath }: Plan, { data }: EgressResponse): unknown {
  return resultPath === '' ? data : valuesAt(data, resultPath)[0];
}

/**
 * The output, parsed by its schema.
 * @param part.at path of the value in the body. Default: the value is not a part of the body
 * @throws ConnectorActionError `unexpected_response` that names the field, not its value
 */
function parseOutput<O extends ZodType>(
  plan: Plan,
  schema: O,
  { at = '', value }: { readonly at?: string; readonly value: unknown },
): z.output<O> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const steps = [at, ...(parsed.error.issues[0]?.path ?? [])];
  const path = steps.filter((step) => step !== '').join('.');
  throw unexpected(plan, `does not have its documented form${path === '' ? '' : ` at [${path}]`}`);
}

function unexpected({ api }: Plan, problem: string): ConnectorActionError {
  return new ConnectorActionError('unexpected_response', `the response of ${api.name} ${problem}`);
}
