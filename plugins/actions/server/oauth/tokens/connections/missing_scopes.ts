import type { GrantRecord } from '../grants/grant_record.ts';

/** Scopes of OpenID Connect Core §5.4 and §11, which many providers grant without naming them. */
const RARELY_NAMED: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

/**
 * Scopes that the connector asks for now and did not ask for when the user authorized. A scope that
 * was requested then and refused, or granted under another name (`user:email` as part of `user`),
 * is not missing: asking again would change nothing. Nor is one for which the others suffice.
 * @param wanted in the order of the connector
 * @param isCovered default: no other scope suffices
 */
export function missingScopes(
  { requestedScopes, scopes }: Pick<GrantRecord, 'requestedScopes' | 'scopes'>,
  wanted: readonly string[],
  isCovered: (scope: string, held: ReadonlySet<string>) => boolean = () => false,
): readonly string[] {
  // Stored by an older build, and the provider did not name the granted scopes: unknown.
  if (requestedScopes === undefined && scopes === undefined) return [];
  const known = new Set([...(requestedScopes ?? RARELY_NAMED), ...(scopes ?? [])]);
  return [...new Set(wanted)].filter((scope) => !known.has(scope) && !isCovered(scope, known));
}
