import { allowInsecureRequests, type CustomFetchOptions, customFetch } from 'oauth4webapi';
import { hostOf, OAuthError, type OAuthErrorCode, type OAuthFailureKind } from './oauth_error.ts';

/** Fetch, clock and abort signal for one protocol call. */
export interface ProtocolIo {
  /**
   * Sends one request. It must reject redirects and limit body size and time; `Egress.fetch` does.
   */
  readonly fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal },
  ) => Promise<Response>;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one request with the fetch and the signal of `io`. An aborted signal sends nothing.
 * @throws OAuthError for every failure of the fetch
 */
export async function sendRequest(
  io: ProtocolIo,
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string | undefined;
  },
): Promise<Response> {
  const { method, headers, body } = init;
  if (io.signal?.aborted === true) throw failedFetch(io.signal.reason, url, 'not_sent');
  try {
    return await io.fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
  } catch (error) {
    throw failedFetch(error, url, 'sent');
  }
}

/**
 * Options that make oauth4webapi send through {@link sendRequest}. Failures of the fetch arrive as
 * OAuthError, so any other error that the library throws is about the configuration.
 */
export function libraryOptions(io: ProtocolIo) {
  return {
    // The egress rules behind io.fetch decide if plain http is allowed: emulators use it.
    [allowInsecureRequests]: true,
    [customFetch]: (
      url: string,
      { method, headers, body }: CustomFetchOptions<'GET' | 'POST', URLSearchParams | undefined>,
    ): Promise<Response> => sendRequest(io, url, { method, headers, body: body?.toString() }),
  };
}

interface FetchFailure {
  readonly code: OAuthErrorCode;
  readonly kind: OAuthFailureKind;
  /**
   * `true`: the request may have reached the server. Used when the error itself does not say if it
   * did.
   */
  readonly responseLost: boolean;
  /** End of a message that begins with "The request to HOST". */
  readonly text: string;
}

const REJECTED = {
  code: 'endpoint_not_allowed',
  kind: 'misconfigured',
  responseLost: false,
} as const;
const NOT_REACHED = { code: 'network', kind: 'transient', responseLost: false } as const;
const UNREACHABLE: FetchFailure = { ...NOT_REACHED, text: 'could not reach the server' };
const LOST = { code: 'network', kind: 'transient', responseLost: true } as const;
const CUT: FetchFailure = { ...LOST, text: 'ended before a response was read' };
const TIMED_OUT: FetchFailure = {
  code: 'timeout',
  kind: 'transient',
  responseLost: true,
  text: 'got no response in time',
};
const ABORTED: FetchFailure = { ...TIMED_OUT, text: 'was aborted before a response was read' };
const REDIRECTED: FetchFailure = {
  code: 'redirected',
  kind: 'misconfigured',
  responseLost: false,
  text: 'was redirected, which these endpoints must never do; check the URL',
};

/**
 * Failures by the `code` of the thrown error: codes of the egress come first, then those of Node.
 */
const FAILURES: ReadonlyMap<string, FetchFailure> = new Map<string, FetchFailure>([
  ['redirect_refused', REDIRECTED],
  ['too_many_redirects', REDIRECTED],
  ['host_not_allowed', { ...REJECTED, text: 'is not allowed by [xpack.actions.allowedHosts]' }],
  ['address_not_allowed', { ...REJECTED, text: 'resolves to an address that is not allowed' }],
  ['https_required', { ...REJECTED, text: 'would not use https' }],
  ['invalid_url', { ...REJECTED, text: 'has no valid URL' }],
  [
    'response_too_large',
    { ...LOST, code: 'malformed_response', text: 'returned a response body that is too large' },
  ],
  ['timeout', TIMED_OUT],
  ['aborted', ABORTED],
  ['connection_failed', { ...LOST, text: 'could not connect, or lost its connection' }],
  ['tls_failed', { ...NOT_REACHED, text: 'could not establish a trusted TLS connection' }],
  ['dns_failed', { ...NOT_REACHED, text: 'could not resolve the host name' }],
  ['ENOTFOUND', UNREACHABLE],
  ['EAI_AGAIN', UNREACHABLE],
  ['ECONNREFUSED', UNREACHABLE],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['UND_ERR_CONNECT_TIMEOUT', UNREACHABLE],
]);

/**
 * Converts an error of the injected fetch to an OAuthError. Returns an OAuthError unchanged.
 * @param sent `not_sent`: nothing left this server, so no single-use token can be spent
 */
export function failedFetch(
  error: unknown,
  endpoint: string,
  sent: 'sent' | 'not_sent',
): OAuthError {
  if (error instanceof OAuthError) return error;
  const failure = findFailure(error);
  const responseLost =
    sent === 'sent' && (read(error, 'responseLost', 'boolean') ?? failure.responseLost);
  return new OAuthError(
    failure.code,
    failure.kind,
    `The request to ${hostOf(endpoint)} ${failure.text}.`,
    { responseLost },
    // Only messages of the egress are free of headers and bodies. Any other cause may quote both.
    read(error, 'name', 'string') === 'EgressError' ? { cause: error } : undefined,
  );
}

function findFailure(error: unknown): FetchFailure {
  const code = read(error, 'code', 'string') ?? '';
  // The egress uses `connection_failed` for a refused connection and for a lost one. Node's code
  // tells them apart.
  const ofCause = FAILURES.get(read(causeOf(error), 'code', 'string') ?? '');
  if (code === 'connection_failed' && ofCause !== undefined) return ofCause;
  const ofError = FAILURES.get(code);
  if (ofError !== undefined) return ofError;
  const name = read(error, 'name', 'string');
  if (name === 'TimeoutError') return TIMED_OUT;
  if (name === 'AbortError') return ABORTED;
  return ofCause ?? CUT;
}

function causeOf(error: unknown): unknown {
  // `instanceof` is not reliable here: errors of Node may come from another realm.
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : undefined;
}

function read(value: unknown, key: string, type: 'string'): string | undefined;
function read(value: unknown, key: string, type: 'boolean'): boolean | undefined;
function read(value: unknown, key: string, type: 'string' | 'boolean'): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === type ? found : undefined;
}
