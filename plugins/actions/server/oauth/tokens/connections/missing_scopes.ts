import type { GrantRecord } from '../grants/grant_record.ts';

/**
 * Scopes of OpenID Connect Core §5.4 and §11. Many providers grant them without naming them in the
 * response.
 */
const RARELY_NAMED: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

/**
 * Returns the scopes that the connector requests now and did not request when the user authorized.
 * A scope is not missing if it was requested then and refused, or granted under another name
 * (`user:email` as part of `user`), because requesting it again would change nothing. A scope that
 * other granted scopes cover is not missing either.
 * @param wanted scopes of the connector, in its order
 * @param isCovered returns `true` if the granted scopes cover a scope. Default: no other scope
 * covers it
 */
export function missingScopes(
  { requestedScopes, scopes }: Pick<GrantRecord, 'requestedScopes' | 'scopes'>,
  wanted: readonly string[],
  isCovered: (scope: string, granted: ReadonlySet<string>) => boolean = () => false,
): readonly string[] {
  // An older version stored neither the requested nor the granted scopes, so nothing is known.
  if (requestedScopes === undefined && scopes === undefined) return [];
  const known = new Set([...(requestedScopes ?? RARELY_NAMED), ...(scopes ?? [])]);
  return [...new Set(wanted)].filter((scope) => !known.has(scope) && !isCovered(scope, known));
}
