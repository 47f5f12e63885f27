import { ConnectorActionError } from '../contract/connector_action_error.ts';
import {
  isConnectionHeader,
  isCredentialHeader,
  isHeaderName,
  isHeaderValue,
} from '../http_headers/index.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Headers that a caller may add. Transport headers are always refused. With credentials configured,
 * every header that carries credentials is refused too: the service could not tell whose credential
 * counts.
 * @param credentialHeaders names, in lower case, of the headers that carry the connector's
 * credentials
 * @throws ConnectorActionError `invalid_input`
 */
export const checkCallerHeaders = (
  headers: Headers,
  credentialHeaders: readonly string[],
): void => {
  const hasCredentials = credentialHeaders.length > 0;
  for (const [name, value] of Object.entries(headers)) {
    const isOwned =
      hasCredentials &&
      (isCredentialHeader(name) || credentialHeaders.includes(name.toLowerCase()));
    if (!isHeaderName(name) || isConnectionHeader(name) || isOwned) {
      throw new ConnectorActionError(
        'invalid_input',
        isHeaderName(name) ? `header [${name}] may not be set` : 'a header name is not valid',
      );
    }
    if (!isHeaderValue(value)) {
      throw new ConnectorActionError('invalid_input', `header [${name}] has an invalid value`);
    }
  }
};

/**
 * Merges two lists of headers. A header of `over` replaces one of the same name, whatever its
 * letter case.
 */
export const mergeHeaders = (base: Headers, over: Headers): Record<string, string> => {
  const named = new Set(Object.keys(over).map((name) => name.toLowerCase()));
  const kept = Object.entries(base).filter(([name]) => !named.has(name.toLowerCase()));
  return Object.fromEntries([...kept, ...Object.entries(over)]);
};

/** Response headers as plain text, without those that carry sessions or credentials. */
export const publicResponseHeaders = (
  headers: Readonly<Record<string, unknown>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const isSecret = isCredentialHeader(name) || name.toLowerCase() === 'proxy-authorization';
      if (isSecret || value === undefined || value === null) return [];
      return [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]];
    }),
  );
