import { apiKeyHeaderNames } from '../../auth_types/index.ts';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import {
  isConnectionHeader,
  isCredentialHeader,
  isHeaderName,
  isHeaderValue,
} from '../../http_headers/index.ts';

/**
 * Headers a caller may add. The transport's own are always refused; with credentials configured, so is everything that carries
 * one, because a caller's credential beside the connector's would act as neither.
 * @throws ConnectorActionError `invalid_input`
 */
export const checkCallerHeaders = (
  headers: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, unknown>>,
): void => {
  const hasAuth = (secrets['authType'] ?? 'none') !== 'none';
  const keyHeaders = new Set((apiKeyHeaderNames(secrets) ?? []).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(headers)) {
    const isOwned = hasAuth && (isCredentialHeader(name) || keyHeaders.has(name.toLowerCase()));
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
