import type { Connection, Permission } from './connection.ts';

/**
 * `granted` and `missing`: as the provider said. `requested`: the provider did not say what it
 * granted. `extra`: granted although the connector does not ask for it any more.
 */
export type PermissionState = 'granted' | 'missing' | 'requested' | 'extra';

/** Permissions of a connection, those that the connector asks for first. */
export function permissionsOf(
  connection: Pick<Connection, 'requested' | 'granted' | 'missingScopes'>,
): readonly (Permission & { readonly state: PermissionState })[] {
  const { requested, granted, missingScopes } = connection;
  const missing = new Set(missingScopes);
  const asked = requested.map((permission) => {
    const { scope } = permission;
    if (missing.has(scope)) return { ...permission, state: 'missing' as const };
    if (granted === undefined) return { ...permission, state: 'requested' as const };
    // A provider may grant a scope under another name; then it is not reported as missing.
    return { ...permission, state: 'granted' as const };
  });
  const known = new Set(requested.map(({ scope }) => scope));
  const extra = (granted ?? [])
    .filter(({ scope }) => !known.has(scope))
    .map((permission) => ({ ...permission, state: 'extra' as const }));
  return [...asked, ...extra];
}
