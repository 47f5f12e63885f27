import type { ResponseMode } from '@latchkey/oauth-client';
import { FlowError } from './flow_error.ts';
import type { FlowErrorCode } from './flow_responses.ts';

/** The authorization response of the provider, from the query of the callback or from a form. */
export interface AuthorizationResponse {
  /** Authorization code. `undefined`: the authorization failed. */
  readonly code: string | undefined;
  /** Error code of the provider. `undefined`: the response contains no error. */
  readonly error: string | undefined;
  /** Description of the error by the provider. `undefined`: the response contains none. */
  readonly errorDescription: string | undefined;
  /** Issuer in the response (RFC 9207). `undefined`: the response does not name its issuer. */
  readonly iss: string | undefined;
  /** Provider key: the last path segment of the callback. `undefined`: the shared callback. */
  readonly providerKey: string | undefined;
  /** Further parameters by name. Only those that the provider definition lists are used. */
  readonly others: Readonly<Record<string, string>>;
  /** Response mode by which the response arrived. */
  readonly responseMode: ResponseMode;
}

const MAX_DETAIL = 300;
/**
 * Maximum number of further parameters. They are stored with the grant if the provider definition
 * lists them.
 */
const MAX_OTHERS = 20;
const MAX_OTHER_LENGTH = 512;
const OTHER_NAME = /^[a-zA-Z_]{1,40}$/;

/**
 * Returns the further parameters of a response, such as the `realmId` of QuickBooks. Ignores
 * repeated and long ones.
 * @param known names of the parameters that OAuth or this server define
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
 * Our code for each value of `error` that the user cannot correct (RFC 6749 §4.1.2.1, OpenID
 * Connect Core §3.1.2.6, and values of large providers). Other values, such as `access_denied`,
 * mean that the user or a policy of the provider refused.
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

/** Returns `true` if the response contains an error and no code. */
export function carriesOnlyError({ code, error }: AuthorizationResponse): boolean {
  return error !== undefined && error !== '' && (code === undefined || code === '');
}

/**
 * Returns the code to exchange. A response with an error is refused even if it contains a code.
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
 * Converts a text of the provider to one line, without invisible characters and without characters
 * that change the text direction. Does not escape HTML; the page does.
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
