import type { ProviderEntry } from '../entry/provider_entry.ts';
import { type ApiResponse, valuesAt } from './api_response.ts';
import { classifyApiResponse, matchesRule, type SignalRules } from './classify_api_response.ts';

/** How a provider names the scopes of a grant. */
type ScopeNames = Partial<
  Pick<
    ProviderEntry['authorize']['scope'],
    'appPermissionsSuffix' | 'includes' | 'resourceSeparator' | 'separator'
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

/** Returns `true` if a grant may permit more than its listed scopes say. */
export function hasUnlistedScopes(
  { appPermissionsSuffix: suffix }: ScopeNames,
  granted: readonly string[],
): boolean {
  return suffix !== undefined && granted.some((scope) => scope.endsWith(suffix));
}

/**
 * Returns `true` if a grant has a scope: by its name, together with a resource, or included in
 * another scope.
 */
export function isScopeGranted(
  names: ScopeNames,
  scope: string,
  granted: readonly string[],
): boolean {
  return granted.some((one) => one === scope || withIncluded(names, one).has(scope));
}

/** Returns `true` if the entry of the provider says which other scopes a granted scope includes. */
export function isScopeDescribed(names: ScopeNames, granted: string): boolean {
  return Object.hasOwn(names.includes ?? {}, nameOf(names, granted));
}

/** A granted scope and all that it includes, without their resource. */
function withIncluded(names: ScopeNames, granted: string): ReadonlySet<string> {
  const { includes = {} } = names;
  const all = new Set([nameOf(names, granted)]);
  for (const scope of all) {
    for (const included of Object.hasOwn(includes, scope) ? (includes[scope] ?? []) : [])
      all.add(included);
  }
  return all;
}

/** The name of a granted scope without its resource. */
function nameOf({ resourceSeparator: separator }: ScopeNames, granted: string): string {
  return separator === undefined ? granted : (granted.split(separator).at(-1) ?? granted);
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
