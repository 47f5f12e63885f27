import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
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
  const dialect = dialectOf(configuration);
  return KNOWN_SCOPES.find((known) => dialect.isProvider(known))?.scopes;
}
