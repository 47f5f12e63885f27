import { buildEarsAuthorizationUrl } from '../dialects/ears/authorization_url.ts';
import { buildStandardAuthorizationUrl } from '../dialects/standard/authorization_url.ts';
import type { OAuthClientConfiguration } from '../types.ts';

/** What one authorization request carries. */
export interface AuthorizationRequest {
  /** Sent byte for byte again in the code exchange (RFC 6749 §4.1.3). */
  readonly redirectUri: string;
  readonly state: string;
  /** S256 challenge of the flow's verifier. */
  readonly codeChallenge: string;
  /** Parameters the provider needs beyond the standard; the configured URL wins. Not sent to EARS, which knows its providers. */
  readonly providerParams?: Readonly<Record<string, string>> | undefined;
}

/**
 * Where to send the person's browser, in the client's dialect.
 * @throws OAuthError `invalid_request` when the configured URL does not parse or a parameter name is reserved
 */
export function buildAuthorizationUrl(
  client: OAuthClientConfiguration,
  request: AuthorizationRequest,
): string {
  return client.dialect === 'ears'
    ? buildEarsAuthorizationUrl(client, request)
    : buildStandardAuthorizationUrl(client, request);
}
