import type { ProviderEntry } from '../entry/provider_entry.ts';
import { type ApiResponse, valuesAt } from './api_response.ts';
import { classifyApiResponse, matchesRule } from './classify_api_response.ts';

/**
 * The scopes of which one would have sufficed for a refused request, as the provider names them.
 * @returns `undefined`: the response does not say that a scope is missing. Empty: it does not name
 * the scope
 */
export function neededScopes(
  { api }: Pick<ProviderEntry, 'api'>,
  response: ApiResponse,
): readonly string[] | undefined {
  if (api.missingScope.length === 0) return undefined;
  // GitHub names scopes in refusals for a rate limit, too.
  if (classifyApiResponse({ api }, response) === 'rate_limited') return undefined;
  for (const { needed, grantedHeader, ...rule } of api.missingScope) {
    if (!matchesRule(rule, response)) continue;
    const named =
      needed === undefined
        ? []
        : scopesIn(
            needed.from === 'header'
              ? [response.headers[needed.name]]
              : valuesAt(response.body, needed.path),
          );
    if (grantedHeader === undefined) return named;
    const granted = scopesIn([response.headers[grantedHeader]]);
    // Otherwise the scopes are not the reason.
    if (named.length > 0 && !named.some((scope) => granted.includes(scope))) return named;
  }
  return undefined;
}

/** Providers separate scopes by commas or spaces. */
function scopesIn(values: readonly unknown[]): readonly string[] {
  return values
    .flat()
    .flatMap((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : []))
    .filter((scope) => scope !== '');
}
