import type { EgressResponse } from '@latchkey/egress';
import { z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import { resolveEnteredUrl } from './entered_url.ts';
import { checkCallerHeaders, mergeHeaders, publicResponseHeaders } from './headers.ts';
import { idempotencyHeaders } from './idempotency_header.ts';
import { resolveTarget } from './resolve_target.ts';

const MAX_BODY_LENGTH = 1_048_576;
/** Maximum number of values in a query, including those in lists. */
const MAX_QUERY_VALUES = 1_000;
/** Maximum number of headers. Servers refuse requests with more. */
const MAX_HEADERS = 200;

const scalar = () => z.union([z.string().max(8_192), z.number(), z.boolean()]);

const fetcher = z.strictObject({
  follow_redirects: z.boolean().optional().describe('Default true'),
  max_redirects: z.int().min(0).max(20).optional().describe('Default 5'),
  max_content_length: z
    .int()
    .min(1)
    .optional()
    .describe('Max bytes of the response. Cannot exceed the limit of the server'),
  keep_alive: z.boolean().optional().describe('Ignored: connections are always reused'),
  skip_ssl_verification: z
    .literal(false)
    .optional()
    .describe('TLS is always verified. An administrator can set exceptions per host'),
});

/** Input of an action that sends one request below the URL of the connector. */
export const requestInput = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string().max(4_096).optional().describe('Appended to the URL of the connector'),
  url: z.string().max(8_192).optional().describe('Absolute URL below the URL of the connector'),
  query: z
    .record(z.string().max(256), z.union([scalar(), z.array(scalar()).max(100)]))
    .refine((query) => Object.values(query).flat().length <= MAX_QUERY_VALUES, {
      error: `has more than ${MAX_QUERY_VALUES} values`,
    })
    .optional(),
  headers: z
    .record(z.string().min(1).max(128), z.string().max(8_192))
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, {
      error: `has more than ${MAX_HEADERS} names`,
    })
    .optional(),
  body: z
    .union([
      z.string().max(MAX_BODY_LENGTH),
      z.record(z.string().max(1_024), z.unknown()),
      z.array(z.unknown()).max(100_000),
    ])
    .optional()
    .describe('Text is sent unchanged, any other value as JSON'),
  timeout: z
    .number()
    .positive()
    .optional()
    .describe('Milliseconds. Cannot exceed the limit of the server'),
  fetcher: fetcher.optional(),
});

/** Output of an action that sends one request. */
export const requestOutput = z.object({
  status: z.number(),
  statusText: z.string(),
  headers: z.record(z.string(), z.string()),
  data: z.unknown(),
});

/** A parsed {@link requestInput}. */
export type RequestInput = z.output<typeof requestInput>;

const DEFAULT_MAX_REDIRECTS = 5;

const redirectsOf = (options: RequestInput['fetcher']): number =>
  options?.follow_redirects === false ? 0 : (options?.max_redirects ?? DEFAULT_MAX_REDIRECTS);

/** Methods for which axios sends text as a form if no content type is set. */
const FORM_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const FORM_TYPE = 'application/x-www-form-urlencoded';

const withContentType = (
  headers: Readonly<Record<string, string>>,
  { method, body }: Pick<RequestInput, 'method' | 'body'>,
  textType: string | undefined,
): Readonly<Record<string, string>> => {
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) return headers;
  const bodyType = typeof body === 'string' ? textType : 'application/json';
  const ofMethod = FORM_METHODS.has(method) ? FORM_TYPE : undefined;
  const type = body === undefined ? ofMethod : (bodyType ?? ofMethod);
  return type === undefined ? headers : { ...headers, 'Content-Type': type };
};

/** The configured URL, which the config schema requires, with the facts of the grant. */
const baseUrlOf = ({ config, grant }: Pick<ActionContext, 'config' | 'grant'>): string => {
  const url = config['url'];
  if (typeof url === 'string') return resolveEnteredUrl(url, grant);
  throw new ConnectorActionError('invalid_input', 'the connector has no valid [url]');
};

/**
 * Sends one request. A 401 or 403 that the server could not resolve with another token is returned
 * like any other response.
 * @param defaults.headers sent unless the caller sets the same header
 * @param defaults.baseUrl base URL. Default: the URL of the connector
 * @param defaults.textType content type of a text body. `undefined`: the one that axios chooses
 * @throws ConnectorActionError `invalid_input`; errors of the transport unchanged
 */
export const sendRequest = async (
  context: ActionContext,
  request: RequestInput,
  defaults: {
    readonly headers: Readonly<Record<string, string>>;
    readonly textType: string | undefined;
    readonly baseUrl?: string;
  } = { headers: {}, textType: 'text/plain; charset=utf-8' },
): Promise<EgressResponse> => {
  const target = resolveTarget(defaults.baseUrl ?? baseUrlOf(context), request);
  checkCallerHeaders(request.headers ?? {}, context.credentialHeaders);
  const { method, body, timeout, fetcher: options } = request;
  const own = { ...defaults.headers, ...idempotencyHeaders(context, method) };
  const headers = mergeHeaders(own, request.headers ?? {});
  return context.request({
    url: target,
    method,
    headers: withContentType(headers, request, defaults.textType),
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    timeoutMs: timeout === undefined ? undefined : Math.max(1, Math.ceil(timeout)),
    maxResponseBytes: options?.max_content_length,
    maxRedirects: redirectsOf(options),
  });
};

/** The parts of a response that callers receive. */
export const toRequestOutput = (response: EgressResponse): z.output<typeof requestOutput> => ({
  status: response.status,
  statusText: response.statusText,
  headers: publicResponseHeaders(response.headers),
  data: response.data,
});
