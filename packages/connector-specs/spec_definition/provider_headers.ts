import {
  factsInHeaders,
  type ProviderData,
  type ProviderEntry,
  resolveHeader,
  tokenHeaderName,
} from '@latchkey/oauth-providers';
import type { ConnectorSpec } from '../contract/types.ts';
import { providerOf } from './connector_provider.ts';
import { providerDataOf } from './provider_data.ts';

/**
 * Returns the rules for requests of the API and for its failures: those that the administrator
 * entered, else those of the provider definition.
 */
export function providerRulesOf(
  spec: Pick<ConnectorSpec, 'provider' | 'providerDataField'>,
  config: Readonly<Record<string, unknown>>,
): ProviderData | ProviderEntry | undefined {
  return providerDataOf(spec, config) ?? providerOf(spec);
}

/** The part of a provider definition that says which headers requests need. */
type HeaderRules = Pick<ProviderEntry, 'accessToken'> & {
  readonly api: Pick<ProviderEntry['api'], 'headers'>;
};

/** Lower-case name of the header that carries the access token. */
export const accessTokenHeader = (rules: HeaderRules | undefined): string =>
  tokenHeaderName(rules?.accessToken);

/** Names of the grant facts in headers of the API, without which no request can be sent. */
export const grantFactsInHeaders = (rules: HeaderRules | undefined): readonly string[] =>
  factsInHeaders(rules?.api.headers ?? {});

/**
 * Adds the headers that the provider demands of every request of its API, unless the connector type
 * sets them. A header with a grant fact that is unknown is left out.
 * @param headers of the client of one execution
 */
export function addProviderHeaders(
  headers: Record<string, unknown>,
  rules: HeaderRules | undefined,
  facts: Readonly<Record<string, string>>,
): void {
  const set = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const [name, template] of Object.entries(rules?.api.headers ?? {})) {
    const value = set.has(name) ? undefined : resolveHeader(template, facts);
    if (value !== undefined) headers[name] = value;
  }
}
