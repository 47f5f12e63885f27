import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { KNOWN_SCOPES, STANDARD_SCOPES } from './known_scopes.ts';

/** One scope that a connector requests. */
export interface DescribedScope {
  /** The technical name of the scope. */
  readonly scope: string;
  /** Description; `undefined`: none is known. */
  readonly words: string | undefined;
}

/**
 * The scopes of a client in the requested order, without duplicates. Empty: the provider decides.
 */
export function describeScopes(configuration: OAuthClientConfiguration): readonly DescribedScope[] {
  const words = { ...STANDARD_SCOPES, ...descriptionsOfProvider(configuration) };
  const scopes = new Set((configuration.scope ?? '').split(/[\s,]+/).filter((one) => one !== ''));
  return [...scopes].map((scope) => ({
    scope,
    words: Object.hasOwn(words, scope) ? words[scope] : undefined,
  }));
}

function descriptionsOfProvider(
  configuration: OAuthClientConfiguration,
): Readonly<Record<string, string>> | undefined {
  const known =
    configuration.dialect === 'ears'
      ? KNOWN_SCOPES.find(({ earsProvider }) => earsProvider === configuration.provider)
      : KNOWN_SCOPES.find(({ domains }) => isAt(configuration.authorizationEndpoint, domains));
  return known?.scopes;
}

function isAt(url: string, domains: readonly string[]): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
