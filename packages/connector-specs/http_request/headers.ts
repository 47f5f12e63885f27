import { ConnectorActionError } from '../contract/errors.ts';
import {
  isConnectionHeader,
  isCredentialHeader,
  isHeaderName,
  isHeaderValue,
} from '../http_headers/index.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Checks the headers of a caller. Connection headers are always rejected. If the connector has
 * credentials, every header that contains credentials is rejected too, because the service could
 * not tell which credential applies.
 * @param credentialHeaders lower-case names of the headers with credentials of the connector
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
 * Merges two lists of headers. A header of `over` replaces a header of `base` that has the same
 * name in any letter case.
 */
export const mergeHeaders = (base: Headers, over: Headers): Record<string, string> => {
  const named = new Set(Object.keys(over).map((name) => name.toLowerCase()));
  const kept = Object.entries(base).filter(([name]) => !named.has(name.toLowerCase()));
  return Object.fromEntries([...kept, ...Object.entries(over)]);
};

/** Response headers as text, without those that contain sessions or credentials. */
export const publicResponseHeaders = (
  headers: Readonly<Record<string, unknown>>,
): Record<string, string> => {
  const kept: [string, string][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const lower = name.toLowerCase();
    const isSecret = isCredentialHeader(lower) || lower === 'proxy-authorization';
    if (isSecret || value === undefined || value === null) continue;
    kept.push([lower, Array.isArray(value) ? value.join(', ') : String(value)]);
  }
  // The object is built from entries, because an assignment to `__proto__` would not create a
  // header.
  return Object.fromEntries(kept);
};
