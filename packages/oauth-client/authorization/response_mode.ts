import type { OAuthClientConfiguration } from '../types.ts';

/**
 * Form of the authorization response: the query of a redirect, or a form that the browser posts.
 */
export type ResponseMode = 'query' | 'form_post';

const PARAM = 'response_mode';

/**
 * The response mode that an authorization request asks for (OAuth 2.0 Multiple Response Type
 * Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode §2). Default: `query`, as in the code
 * flow.
 * @param providerParams parameters of the authorization URL; the configured URL overrides them
 * @returns `undefined`: not supported here (`fragment`, `jwt`, …), or given more than once
 */
export function responseModeOf(
  client: OAuthClientConfiguration,
  providerParams: Readonly<Record<string, string>> | undefined,
): ResponseMode | undefined {
  if (client.dialect === 'ears') return 'query';
  const configured = URL.parse(client.authorizationEndpoint)?.searchParams.getAll(PARAM) ?? [];
  const named = configured.length > 0 ? configured : [providerParams?.[PARAM] ?? 'query'];
  const [mode] = named;
  if (named.length > 1) return undefined;
  return mode === 'query' || mode === 'form_post' ? mode : undefined;
}
