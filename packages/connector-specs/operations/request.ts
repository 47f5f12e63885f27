import type { EgressRequest } from '@latchkey/egress';
import { ZodType } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import { isConnectionHeader, isCredentialHeader, isHeaderName } from '../http_headers/index.ts';
import type { ApiDescription } from './api_description.ts';
import { type BaseUrlValues, resolveHeaderValue } from './base_url.ts';
import { hasUrlCursor, ownUrl, type Pages, parameterOf, UnusableLinkError } from './pages.ts';
import { queryText } from './query_text.ts';
import { expandPath, type ParsedRoute } from './route.ts';
import {
  type AppendedInput,
  appendParameter,
  applyTemplate,
  type ResolvedRule,
  resolveRule,
  setInBody,
  type WireEntry,
  withAppended,
} from './wire.ts';

/** Parts of a request that are the same for every input. */
export interface RequestOptions {
  /** Path parameters whose value may contain slashes, which separate segments. */
  readonly multiSegment?: readonly string[];
  /** Values of every request. A dot in a name of a JSON body makes nested objects. */
  readonly fixed?: {
    /** Values of path parameters: `{ objectType: 'deals' }`. */
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string | number | boolean>>;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Format of the body. Default: that of the API. */
  readonly format?: 'json' | 'form';
  /**
   * Path in the body of the object whose members the inputs are, for example `fields` or
   * `requests.0`. An input whose `wire` entry has a name is sent under that name instead. Absent:
   * they are members of the body itself.
   */
  readonly bodyObject?: string;
  /**
   * A file to send in a multipart form (RFC 7578). The other inputs of the body are fields of the
   * form. Absent: no file.
   */
  readonly upload?: Upload;
  /**
   * Name of the input that is the whole JSON body, for an API that requires a text or a list as the
   * body.
   */
  readonly wholeBody?: string;
  /** `false`: the operation does not accept the idempotency header of the API. Default `true`. */
  readonly acceptsIdempotencyKey?: boolean;
}

/** A file of a multipart form. */
interface Upload {
  /** Name of the field of the form. */
  readonly field: string;
  /** Input with the content in base64, see `fileInput`. */
  readonly content: string;
  /** Input with the name of the file. */
  readonly fileName: string;
}

/** A request that is ready to be sent. */
export interface BuiltRequest {
  readonly egress: EgressRequest & { readonly url: string };
  /** Resolved base URL of the API. */
  readonly baseUrl: string;
  readonly hasIdempotencyKey: boolean;
}

/** Builds the requests of one operation. */
export interface RequestPlan {
  /**
   * Builds the request for one input.
   * @param baseUrl URL without placeholders and without a slash at its end
   * @throws ConnectorActionError `invalid_input` for a value that is not valid in a path or header,
   *   and for a cursor that is the URL of another list
   */
  build(
    baseUrl: string,
    input: Readonly<Record<string, unknown>>,
    context: Pick<ActionContext, 'config' | 'grant' | 'idempotencyKey'>,
  ): Promise<BuiltRequest>;
}

/** Values of one request by their place. */
interface Parts {
  readonly path: Map<string, unknown>;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
  readonly form: URLSearchParams;
  readonly json: Record<string, unknown>;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PATCH']);
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);

/**
 * Prepares everything that is the same for every input.
 * @throws TypeError for a rule that does not fit the route or the input
 */
export function planRequest(
  api: ApiDescription,
  route: ParsedRoute,
  options: RequestOptions & {
    readonly input: Readonly<Record<string, unknown>>;
    readonly wire?: Readonly<Record<string, WireEntry | undefined>>;
    readonly pages: Pages | undefined;
    readonly graphql: { readonly document: string } | undefined;
  },
): RequestPlan {
  const { pages, graphql } = options;
  // The fields of a multipart form are texts, like those of a URL-encoded form.
  const format = options.upload === undefined ? (options.format ?? api.format ?? 'json') : 'form';
  const appended = appendedOf(options.wire ?? {});
  const rules = rulesOf(api, route, options);
  checkRules(route, rules, options);
  const multiSegment = multiSegmentOf(rules, options);
  const fixedHeaders = { ...api.headers, ...options.fixed?.headers };
  const idempotencyHeader =
    WRITES.has(route.method) && options.acceptsIdempotencyKey !== false
      ? api.idempotencyHeader
      : undefined;

  return {
    build: async (baseUrl, parsed, context) => {
      const { idempotencyKey } = context;
      const input = withAppended(withoutEmptyCursor(pages, parsed), appended);
      const parts = collect(rules, input, { format, fixed: options.fixed });
      const key = idempotencyHeader === undefined ? undefined : idempotencyKey;
      if (idempotencyHeader !== undefined && key !== undefined)
        parts.headers[idempotencyHeader] = key;
      const path = expandPath(route, parts.path, multiSegment);
      addNamedCursor(parts.query, pages, input);
      const query = queryText(parts.query);
      const followed = pages?.next === 'url' ? input[pages.cursor] : undefined;
      const url =
        typeof followed === 'string' && followed !== ''
          ? followedUrl(pages, { baseUrl, target: `${baseUrl}${path}` }, followed)
          : `${baseUrl}${path}${query === '' ? '' : `?${query}`}`;
      const content = await contentOf(parts, { format, graphql, options, input });
      const contentType = content && { 'Content-Type': content.type };
      const headers = {
        ...withValues(fixedHeaders, context),
        ...contentType,
        ...parts.headers,
      };
      const egress = { url, method: route.method, headers, body: content?.body };
      return { egress, baseUrl, hasIdempotencyKey: key !== undefined };
    },
  };
}

/** Fixed headers with the values of their placeholders. */
function withValues(
  headers: Readonly<Record<string, string>>,
  values: BaseUrlValues,
): Readonly<Record<string, string>> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, template]) => [name, resolveHeaderValue(template, values)]),
  );
}

/**
 * The URL of a page whose cursor is a URL.
 * @throws ConnectorActionError `invalid_input` for a URL of another list, or of another API if any
 *   path is permitted
 */
function followedUrl(
  pages: Pages | undefined,
  { baseUrl, target }: { readonly baseUrl: string; readonly target: string },
  cursor: string,
): string {
  try {
    const { pathname } = new URL(target);
    const isAnyPath = pages?.next === 'url' && pages.isAnyPath === true;
    const relativeTo = pages !== undefined && hasUrlCursor(pages) ? undefined : target;
    const url = ownUrl(baseUrl, URL.parse(cursor, relativeTo)?.href ?? '');
    if (isAnyPath || url.pathname === pathname) return `${url.origin}${url.pathname}${url.search}`;
  } catch (error) {
    if (!(error instanceof UnusableLinkError)) throw error;
  }
  throw new ConnectorActionError('invalid_input', 'the cursor belongs to another list');
}

/** Adds the cursor to the query, for a list whose next link has one of several parameters. */
function addNamedCursor(
  query: URLSearchParams,
  pages: Pages | undefined,
  input: Readonly<Record<string, unknown>>,
): void {
  if (pages?.next !== 'link' || typeof pages.parameter === 'string') return;
  const cursor = input[pages.cursor];
  if (cursor !== undefined) query.append(...parameterOf(pages.parameter, String(cursor)));
}

/**
 * Removes an empty cursor. Forms and templates send `''` for the first page, which no API accepts
 * as a cursor in JSON.
 */
function withoutEmptyCursor(
  pages: Pages | undefined,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (pages === undefined || input[pages.cursor] !== '') return input;
  return { ...input, [pages.cursor]: undefined };
}

function appendedOf(
  wire: Readonly<Record<string, WireEntry | undefined>>,
): readonly AppendedInput[] {
  return Object.entries(wire).flatMap(([input, rule]) =>
    typeof rule !== 'object' || rule.appendTo === undefined
      ? []
      : [{ input, appendTo: rule.appendTo, template: rule.template }],
  );
}

type Rules = ReadonlyMap<string, ResolvedRule>;

function rulesOf(
  api: ApiDescription,
  { method, pathKeys }: ParsedRoute,
  options: Parameters<typeof planRequest>[2],
): Rules {
  const { pages } = options;
  const defaults = {
    naming: api.naming ?? 'same',
    place: WITHOUT_BODY.has(method) ? ('query' as const) : ('body' as const),
    list: api.lists ?? 'repeat',
    pathKeys,
    bodyObject: options.bodyObject,
  };
  const entryOf = (name: string): WireEntry | undefined =>
    // The input is sent as the parameter that the link to the next page has.
    pages?.next === 'link' && pages.cursor === name && typeof pages.parameter === 'string'
      ? pages.parameter
      : options.wire?.[name];
  // A cursor that is a URL replaces path and query of the request. A cursor with the name of its
  // parameter is added to the query.
  const hasOwnForm =
    pages?.next === 'url' || (pages?.next === 'link' && typeof pages.parameter !== 'string');
  const appended = appendedOf(options.wire ?? {}).map(({ input }) => input);
  const { upload, wholeBody } = options;
  const others = [...appended, upload?.content, upload?.fileName, wholeBody];
  const isSent = (name: string) => !(hasOwnForm && pages.cursor === name) && !others.includes(name);
  return new Map(
    Object.keys(options.input)
      .filter(isSent)
      .map((name) => [name, resolveRule(name, entryOf(name), defaults)]),
  );
}

/**
 * The path parameters that may have several segments. A parameter is optional if its input has a
 * default.
 */
function multiSegmentOf(
  rules: Rules,
  { multiSegment = [], input }: Parameters<typeof planRequest>[2],
): ReadonlyMap<string, { readonly isOptional: boolean }> {
  const isOptional = (parameter: string) =>
    [...rules].some(([key, rule]) => {
      const schema = input[key];
      const isSame = rule.in === 'path' && rule.name === parameter;
      return isSame && schema instanceof ZodType && schema.safeParse(undefined).success;
    });
  return new Map(multiSegment.map((name) => [name, { isOptional: isOptional(name) }]));
}

function checkRules(
  { method, path, pathKeys }: ParsedRoute,
  rules: Rules,
  options: Parameters<typeof planRequest>[2],
): void {
  const fail = (problem: string): never => {
    throw new TypeError(`operation [${method} ${path}] ${problem}`);
  };
  const inPath = [...rules.values()].filter((rule) => rule.in === 'path').map(({ name }) => name);
  const fixedInPath = Object.keys(options.fixed?.path ?? {});
  const missing = pathKeys.find((key) => !inPath.includes(key) && !fixedInPath.includes(key));
  if (missing !== undefined) {
    const sentAs = rules.get(missing)?.name;
    const hint = sentAs === undefined ? '' : `: the input [${missing}] is sent as [${sentAs}]`;
    fail(`has no input for {${missing}}${hint}`);
  }
  const { pages, multiSegment = [], input, upload, wholeBody } = options;
  const named = [
    ...(upload === undefined ? [] : [upload.content, upload.fileName]),
    ...(wholeBody === undefined ? [] : [wholeBody]),
    ...Object.keys(options.wire ?? {}),
    ...appendedOf(options.wire ?? {}).map(({ appendTo }) => appendTo),
    ...(pages === undefined ? [] : [pages.cursor]),
    ...(pages !== undefined && 'size' in pages ? [pages.size] : []),
  ];
  const unknown = named.find((name) => !Object.hasOwn(input, name));
  if (unknown !== undefined) fail(`has no input [${unknown}]`);
  const notInPath = [...multiSegment, ...fixedInPath].find((key) => !pathKeys.includes(key));
  if (notInPath !== undefined) fail(`has no {${notInPath}} in its path`);
  const headers = [
    ...Object.keys(options.fixed?.headers ?? {}),
    ...[...rules.values()].filter((rule) => rule.in === 'header').map(({ name }) => name),
  ];
  const refused = headers.find(
    (name) => !isHeaderName(name) || isConnectionHeader(name) || isCredentialHeader(name),
  );
  if (refused !== undefined) fail(`may not set the header [${refused}]`);
}

function collect(
  rules: Rules,
  input: Readonly<Record<string, unknown>>,
  { format, fixed }: { readonly format: 'json' | 'form'; readonly fixed: RequestOptions['fixed'] },
): Parts {
  const parts: Parts = {
    path: new Map(Object.entries(fixed?.path ?? {})),
    query: new URLSearchParams(),
    headers: {},
    form: new URLSearchParams(),
    json: {},
  };
  for (const [name, value] of Object.entries(fixed?.query ?? {})) {
    parts.query.append(name, String(value));
  }
  for (const [name, value] of Object.entries(fixed?.body ?? {})) {
    if (format === 'form') appendParameter(parts.form, { name, list: 'repeat' }, value);
    else setInBody(parts.json, name, value);
  }
  for (const [key, rule] of rules) {
    const value = applyTemplate(input[key], rule.template);
    if (value !== undefined) place(parts, rule, { value, format });
  }
  return parts;
}

function place(
  parts: Parts,
  rule: ResolvedRule,
  { value, format }: { readonly value: unknown; readonly format: 'json' | 'form' },
): void {
  switch (rule.in) {
    case 'path':
      parts.path.set(rule.name, value);
      return;
    case 'query':
      appendParameter(parts.query, rule, value);
      return;
    case 'header':
      parts.headers[rule.name] = String(value);
      return;
    case 'body':
      if (format === 'form') appendParameter(parts.form, rule, value);
      else setInBody(parts.json, rule.name, value);
      return;
    default:
      rule.in satisfies never;
  }
}

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** The body of the request. `undefined`: the request has no body. */
async function contentOf(
  { form, json }: Parts,
  request: {
    readonly format: 'json' | 'form';
    readonly options: RequestOptions;
    readonly graphql: { readonly document: string } | undefined;
    readonly input: Readonly<Record<string, unknown>>;
  },
): Promise<Content | undefined> {
  const { format, graphql, options, input } = request;
  const asJson = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) });
  if (graphql !== undefined) return asJson({ query: graphql.document, variables: json });
  if (options.upload !== undefined) return multipartOf(form, options.upload, input);
  if (options.wholeBody !== undefined) {
    const whole = input[options.wholeBody];
    return whole === undefined ? undefined : asJson(whole);
  }
  if (format === 'form') {
    return form.size === 0
      ? undefined
      : { type: 'application/x-www-form-urlencoded', body: form.toString() };
  }
  return Object.keys(json).length === 0 ? undefined : asJson(json);
}

/**
 * The multipart form with its file. Its boundary is random, so that no content can contain the
 * boundary.
 */
async function multipartOf(
  fields: URLSearchParams,
  { field, content, fileName }: Upload,
  input: Readonly<Record<string, unknown>>,
): Promise<Content> {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const file = new Blob([Buffer.from(String(input[content]), 'base64')]);
  form.append(field, file, String(input[fileName]));
  const response = new Response(form);
  return {
    type: response.headers.get('content-type') ?? 'multipart/form-data',
    body: Buffer.from(await response.arrayBuffer()),
  };
}
