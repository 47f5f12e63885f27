import type { ResponseMode } from '@latchkey/oauth-client';
import { FlowError } from './flow_error.ts';
import type { FlowErrorCode } from './flow_responses.ts';

/** The provider's authorization response, from the query of the callback or from a form. */
export interface AuthorizationResponse {
  /** Authorization code. `undefined`: the authorization failed. */
  readonly code: string | undefined;
  /** Error code of the provider. `undefined`: none. */
  readonly error: string | undefined;
  /** Text of the provider about the error. `undefined`: none. */
  readonly errorDescription: string | undefined;
  /** Issuer that the response names (RFC 9207). `undefined`: none. */
  readonly iss: string | undefined;
  /** Last path segment of the callback; `undefined` on the shared one. */
  readonly providerKey: string | undefined;
  /** Further parameters, by name. Only those that the entry of the provider names are read. */
  readonly others: Readonly<Record<string, string>>;
  /** Response mode by which the response arrived. */
  readonly responseMode: ResponseMode;
}

const MAX_DETAIL = 300;
/** Bounds of the further parameters, which are stored with the grant if an entry names them. */
const MAX_OTHERS = 20;
const MAX_OTHER_LENGTH = 512;
const OTHER_NAME = /^[a-zA-Z_]{1,40}$/;

/**
 * Further parameters of a response, such as the `realmId` of QuickBooks. Repeated and long ones are
 * left out.
 * @param known names of the parameters of OAuth and of our own
 */
export function otherParameters(
  sent: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Readonly<Record<string, string>> {
  const others = Object.entries(sent).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      entry[1].length <= MAX_OTHER_LENGTH &&
      OTHER_NAME.test(entry[0]) &&
      !known.includes(entry[0]),
  );
  return Object.fromEntries(others.slice(0, MAX_OTHERS));
}

/**
 * Our code for each `error` that the user cannot correct (RFC 6749 §4.1.2.1, OpenID Connect Core
 * §3.1.2.6, and values of large providers). Any other value, such as `access_denied`, means that
 * the user or a policy of the provider refused.
 */
const CODE_BY_PROVIDER_ERROR: ReadonlyMap<string, FlowErrorCode> = new Map([
  ['temporarily_unavailable', 'provider_unavailable'],
  ['server_error', 'provider_unavailable'],
  ['invalid_request', 'provider_rejected_request'],
  ['invalid_request_object', 'provider_rejected_request'],
  ['invalid_client', 'provider_rejected_request'],
  ['invalid_scope', 'provider_rejected_request'],
  ['invalid_resource', 'provider_rejected_request'],
  ['invalid_target', 'provider_rejected_request'],
  ['unauthorized_client', 'provider_rejected_request'],
  ['unsupported_response_type', 'provider_rejected_request'],
  ['redirect_uri_mismatch', 'provider_rejected_request'],
]);

/** Returns `true` if the response is an error without a code. */
export function carriesOnlyError({ code, error }: AuthorizationResponse): boolean {
  return error !== undefined && error !== '' && (code === undefined || code === '');
}

/**
 * The code to exchange. A response with an error is refused even if it has a code.
 * @throws FlowError
 */
export function codeOf({ code, error, errorDescription }: AuthorizationResponse): string {
  if (error !== undefined && error !== '') {
    const words = [error, errorDescription ?? ''].map(printable).filter((text) => text !== '');
    throw new FlowError(CODE_BY_PROVIDER_ERROR.get(error) ?? 'provider_refused', {
      detail: shortened(words.join(': ')),
    });
  }
  if (code === undefined || code === '') throw new FlowError('code_missing');
  return code;
}

/**
 * One line, without invisible characters or characters that change the text direction. The page
 * escapes the text.
 */
function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}+/gu, '')
    .trim();
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length > MAX_DETAIL ? `${characters.slice(0, MAX_DETAIL).join('')}…` : text;
}
