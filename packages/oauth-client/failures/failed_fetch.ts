import { OAuthError } from '../oauth_error.ts';
import type { OAuthErrorCode, OAuthFailureKind } from '../types.ts';
import { hostOf } from './host_of.ts';

interface FetchFailure {
  readonly code: OAuthErrorCode;
  readonly kind: OAuthFailureKind;
  /** Whether the request may have arrived; used when the error itself does not say. */
  readonly answerLost: boolean;
  /** Completes "The request to HOST …". */
  readonly text: string;
}

const REFUSED = { code: 'endpoint_not_allowed', kind: 'misconfigured', answerLost: false } as const;
const UNREACHED = { code: 'network', kind: 'transient', answerLost: false } as const;
const UNREACHABLE: FetchFailure = { ...UNREACHED, text: 'found no way to the server' };
const LOST = { code: 'network', kind: 'transient', answerLost: true } as const;
const CUT: FetchFailure = { ...LOST, text: 'ended before an answer was read' };
const TIMED_OUT: FetchFailure = {
  code: 'timeout',
  kind: 'transient',
  answerLost: true,
  text: 'got no answer in time',
};
const GIVEN_UP: FetchFailure = { ...TIMED_OUT, text: 'was given up before it was answered' };
const REDIRECTED: FetchFailure = {
  code: 'redirected',
  kind: 'misconfigured',
  answerLost: false,
  text: 'was redirected, which these endpoints must never do; check the URL',
};

/** By `code` of the error an injected fetch threw: codes of the outbound layer first, then those of the platform. */
const FAILURES: ReadonlyMap<string, FetchFailure> = new Map<string, FetchFailure>([
  ['redirect_refused', REDIRECTED],
  ['too_many_redirects', REDIRECTED],
  ['host_not_allowed', { ...REFUSED, text: 'is not allowed by [xpack.actions.allowedHosts]' }],
  ['address_not_allowed', { ...REFUSED, text: 'leads to an address that may not be reached' }],
  ['https_required', { ...REFUSED, text: 'would not use https' }],
  ['invalid_url', { ...REFUSED, text: 'has no valid URL' }],
  [
    'response_too_large',
    { ...LOST, code: 'malformed_response', text: 'was answered with too large a body' },
  ],
  ['timeout', TIMED_OUT],
  ['aborted', GIVEN_UP],
  ['connection_failed', { ...LOST, text: 'lost or never had a connection' }],
  ['tls_failed', { ...UNREACHED, text: 'could not agree on a trusted TLS connection' }],
  ['dns_failed', { ...UNREACHED, text: 'could not resolve the host name' }],
  ['ENOTFOUND', UNREACHABLE],
  ['EAI_AGAIN', UNREACHABLE],
  ['ECONNREFUSED', UNREACHABLE],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['UND_ERR_CONNECT_TIMEOUT', UNREACHABLE],
]);

/**
 * Turns whatever an injected fetch threw into an OAuthError.
 * @param sent `not_sent`: the call was given up before anything left, so no single-use token can be spent
 */
export function failedFetch(
  error: unknown,
  endpoint: string,
  sent: 'sent' | 'not_sent',
): OAuthError {
  if (error instanceof OAuthError) return error;
  const failure = findFailure(error);
  const answerLost =
    sent === 'sent' && (read(error, 'answerLost', 'boolean') ?? failure.answerLost);
  return new OAuthError(
    failure.code,
    failure.kind,
    `The request to ${hostOf(endpoint)} ${failure.text}.`,
    { answerLost },
    // Only the outbound layer promises messages without headers and bodies; foreign causes may quote both.
    read(error, 'name', 'string') === 'EgressError' ? { cause: error } : undefined,
  );
}

function findFailure(error: unknown): FetchFailure {
  const code = read(error, 'code', 'string') ?? '';
  // `connection_failed` covers a refused connection as well as a cut one; the platform's code below it tells them apart.
  const underneath = FAILURES.get(read(causeOf(error), 'code', 'string') ?? '');
  if (code === 'connection_failed' && underneath !== undefined) return underneath;
  const own = FAILURES.get(code);
  if (own !== undefined) return own;
  const name = read(error, 'name', 'string');
  if (name === 'TimeoutError') return TIMED_OUT;
  if (name === 'AbortError') return GIVEN_UP;
  return underneath ?? CUT;
}

function causeOf(error: unknown): unknown {
  // Not instanceof: errors of the platform may come from another realm.
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : undefined;
}

function read(value: unknown, key: string, type: 'string'): string | undefined;
function read(value: unknown, key: string, type: 'boolean'): boolean | undefined;
function read(value: unknown, key: string, type: 'string' | 'boolean'): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === type ? found : undefined;
}
