import { Readable } from 'node:stream';
import axios, {
  type AxiosAdapter,
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { UrlGuard } from '../guard/index.ts';
import { type CredentialRules, guardCredentials } from '../requests/credential_rules.ts';
import { DEFAULT_USER_AGENT, MAX_REDIRECTS } from '../requests/egress_fetch.ts';
import type { Call, CallResult, RedirectHop, Sender } from '../transport/index.ts';
import type { EgressSettings } from '../types.ts';
import { toAxiosError } from './axios_failure.ts';
import { hide, redactAxiosError } from './redact_axios_error.ts';
import { encodeBody, encodeSimpleBody } from './request_body.ts';
import { startHeaders, toWireHeaders } from './request_headers.ts';

/** Dependencies and options of {@link createAdapter}. */
export interface AdapterOptions {
  readonly guard: UrlGuard;
  readonly sender: Sender;
  readonly settings: Pick<EgressSettings, 'timeoutMs' | 'maxResponseBytes' | 'userAgent'>;
  readonly rules: CredentialRules;
}

/**
 * Creates an axios adapter that sends requests through this egress. The adapter ignores these
 * options of a request, because the egress decides about them: `proxy`, `httpAgent`, `httpsAgent`,
 * `lookup`, `family`, `socketPath`, `transport`, `httpVersion`, `maxRate` and progress callbacks.
 */
export function createAdapter(options: AdapterOptions): AxiosAdapter {
  return async (config) => {
    const limits = {
      timeoutMs: positive(config.timeout) ?? options.settings.timeoutMs,
      maxBytes: notNegative(config.maxContentLength) ?? options.settings.maxResponseBytes,
    };
    const { signal, release } = watchCancellation(config);
    let result: CallResult;
    try {
      result = await send(options, config, { ...limits, signal });
    } catch (error) {
      throw toAxiosError(error, config, limits);
    } finally {
      release();
    }
    return settle(toAxiosResponse(result, config), config);
  };
}

async function send(
  options: AdapterOptions,
  config: InternalAxiosRequestConfig,
  limits: Pick<Call, 'timeoutMs' | 'maxBytes' | 'signal'>,
): Promise<CallResult> {
  const target = options.guard.check(urlOf(config));
  const headers = startHeaders(config, options.settings.userAgent ?? DEFAULT_USER_AGENT);
  const simple = encodeSimpleBody(config);
  const body = simple === undefined ? await encodeBody(config, headers, target.route.host) : simple;
  const wireHeaders = toWireHeaders(headers, body instanceof Readable);
  guardCredentials(options.rules, target, wireHeaders);
  return options.sender.send({
    target,
    method: (config.method ?? 'get').toUpperCase(),
    headers: wireHeaders,
    credentialHeaders: options.rules.credentialHeaders,
    tls: options.rules.tls,
    body,
    ...limits,
    decompress: config.decompress !== false,
    redirects: config.maxRedirects === 0 ? 'return' : (config.maxRedirects ?? MAX_REDIRECTS),
    onRedirect: (hop) => beforeRedirect(options, config, hop),
  });
}

/**
 * Applies the rules of axios for `baseURL` and `params`. This instance has no defaults, because
 * merging defaults would cost more than the rest of a call.
 */
const uriBuilder = new axios.Axios({});

function urlOf(config: InternalAxiosRequestConfig): string {
  const { url = '', baseURL, params, paramsSerializer, allowAbsoluteUrls } = config;
  const hasParams = params !== undefined && params !== null;
  if (!hasParams && baseURL === undefined) return url;
  return uriBuilder.getUri({
    url,
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(hasParams ? { params } : {}),
    ...(paramsSerializer === undefined ? {} : { paramsSerializer }),
    ...(allowAbsoluteUrls === undefined ? {} : { allowAbsoluteUrls }),
  });
}

/**
 * Combines the signal and the cancel token of a request. Call `release` after the request: a cancel
 * token may outlive it and would keep the subscription.
 */
function watchCancellation({ signal, cancelToken }: InternalAxiosRequestConfig): {
  readonly signal: AbortSignal | undefined;
  readonly release: () => void;
} {
  const given = signal as AbortSignal | undefined;
  if (cancelToken === undefined) return { signal: given, release: () => {} };
  const controller = new AbortController();
  const abort = () => controller.abort();
  cancelToken.subscribe(abort);
  return {
    signal: given === undefined ? controller.signal : AbortSignal.any([given, controller.signal]),
    release: () => cancelToken.unsubscribe(abort),
  };
}

/**
 * Calls `beforeRedirect` of the caller, which may reject the redirect by throwing. Changes that it
 * makes to its arguments have no effect.
 * @throws EgressError `credentials_not_allowed`; any error of the hook
 */
function beforeRedirect(
  options: AdapterOptions,
  config: InternalAxiosRequestConfig,
  { from, response, to }: RedirectHop,
): void {
  guardCredentials(options.rules, to.target, to.headers);
  if (config.beforeRedirect === undefined) return;
  const { url } = to.target;
  config.beforeRedirect(
    {
      href: url.href,
      protocol: url.protocol,
      hostname: url.hostname,
      host: url.host,
      port: url.port,
      path: to.target.path,
      method: to.method,
      headers: { ...to.headers },
    },
    { headers: flatten(response.headers), statusCode: response.status },
    { headers: flatten(from.headers), url: from.target.url.href, method: from.method },
  );
}

function toAxiosResponse(
  { response, target }: CallResult,
  config: InternalAxiosRequestConfig,
): AxiosResponse {
  const axiosResponse = {
    data: toData(response.body, config),
    status: response.status,
    statusText: response.statusText,
    headers: new AxiosHeaders(response.headers as Record<string, string | string[]>),
  };
  // The property is not enumerable, so that a handler that returns the response does not expose
  // request headers.
  hide(axiosResponse, 'config', config);
  hide(axiosResponse, 'request', {
    method: config.method,
    path: target.path,
    res: { responseUrl: target.url.href },
  });
  return axiosResponse as unknown as AxiosResponse;
}

function toData(
  body: Buffer,
  { responseType, responseEncoding }: InternalAxiosRequestConfig,
): unknown {
  if (responseType === 'arraybuffer') return body;
  if (responseType === 'stream') return Readable.from([body], { objectMode: false });
  const encoding = (responseEncoding ?? 'utf8') as BufferEncoding;
  const text = body.toString(encoding);
  return text.charCodeAt(0) === 0xfeff && encoding.startsWith('utf') ? text.slice(1) : text;
}

/** Resolves or rejects by `validateStatus`, as axios does. */
function settle(response: AxiosResponse, config: InternalAxiosRequestConfig): AxiosResponse {
  const { validateStatus } = config;
  if (!validateStatus || validateStatus(response.status)) return response;
  const isRequestFault = response.status >= 400 && response.status < 500;
  throw redactAxiosError(
    new AxiosError(
      `Request failed with status code ${response.status}`,
      isRequestFault ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE,
      config,
      response.request,
      response,
    ),
  );
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** Returns a positive timeout, else `undefined` for the default. In axios, 0 means no timeout. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/**
 * Returns a finite limit of 0 or more, else `undefined` for the default. In axios, -1 and Infinity
 * mean no limit.
 */
function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && Number.isFinite(value) ? value : undefined;
}
