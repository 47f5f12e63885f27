import type { ProviderEntry } from '../entry/provider_entry.ts';
import { type ApiResponse, valuesAt } from './api_response.ts';
import { classifyApiResponse, matchesRule, type SignalRules } from './classify_api_response.ts';

/** How a provider names the scopes of a grant. */
type ScopeNames = Partial<
  Pick<
    ProviderEntry['authorize']['scope'],
    'appPermissionsSuffix' | 'resourceSeparator' | 'separator'
  >
>;

/** Rules that say how an API refuses a request whose token lacks a scope. */
export interface MissingScopeRules {
  readonly api: SignalRules & Pick<ProviderEntry['api'], 'missingScope'>;
  readonly authorize: { readonly scope: ScopeNames };
}

/**
 * The scopes of which one would have sufficed for a refused request, as the provider names them.
 * @param lacksScope tells if the user did not grant a scope that the request needs. Called only for
 *   responses that also have other causes
 * @returns `undefined`: the response does not say that a scope is missing. Empty: it does not name
 *   the scope
 */
export function neededScopes(
  { api }: Pick<MissingScopeRules, 'api'>,
  response: ApiResponse,
  lacksScope: () => boolean,
): readonly string[] | undefined {
  if (api.missingScope.length === 0) return undefined;
  // GitHub also names scopes in refusals whose cause is a rate limit.
  if (classifyApiResponse({ api }, response) === 'rate_limited') return undefined;
  for (const { needed, grantedHeader, hasOtherCauses, ...rule } of api.missingScope) {
    if (!matchesRule(rule, response) || (hasOtherCauses === true && !lacksScope())) continue;
    const named = needed === undefined ? [] : scopesIn(textsOf(needed, response));
    if (grantedHeader === undefined) return named;
    const granted = scopesIn([response.headers[grantedHeader]]);
    // The grant has none of the named scopes, so a missing scope is the reason.
    if (named.length > 0 && !named.some((scope) => granted.includes(scope))) return named;
  }
  return undefined;
}

/** Tells if a grant may permit more than its listed scopes say. */
export function hasUnlistedScopes(
  { appPermissionsSuffix: suffix }: ScopeNames,
  granted: readonly string[],
): boolean {
  return suffix !== undefined && granted.some((scope) => scope.endsWith(suffix));
}

/** Tells if a grant has a scope. The grant may name the scope together with a resource. */
export function isScopeGranted(
  { resourceSeparator: separator }: ScopeNames,
  scope: string,
  granted: readonly string[],
): boolean {
  const isNamed = (one: string) =>
    one === scope || (separator !== undefined && one.endsWith(`${separator}${scope}`));
  return granted.some(isNamed);
}

type Source = NonNullable<ProviderEntry['api']['missingScope'][number]['needed']>;

/** The values that name scopes, without the rest of their sentences. */
function textsOf(source: Source, { headers, body }: ApiResponse): readonly unknown[] {
  if (source.from === 'header') return [headers[source.name]];
  const values = valuesAt(body, source.path);
  if (source.between === undefined) return values;
  const [before, after] = source.between;
  return values.map((value) => {
    const [, rest = ''] = String(value).split(before);
    return rest.slice(0, Math.max(0, rest.indexOf(after)));
  });
}

/** Splits values into scopes, which providers separate by commas or spaces. */
function scopesIn(values: readonly unknown[]): readonly string[] {
  return values
    .flat()
    .flatMap((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : []))
    .filter((scope) => scope !== '');
}
