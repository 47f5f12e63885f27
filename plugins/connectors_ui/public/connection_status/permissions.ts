import type { Connection, Permission } from './connection.ts';

/**
 * State of a permission. `granted` and `missing`: the provider has said so. `requested`: the
 * provider did not say what it granted. `extra`: granted, but the connector no longer requests it.
 */
export type PermissionState = 'granted' | 'missing' | 'requested' | 'extra';

/** Permissions of a connection. Those that the connector requests come first. */
export function permissionsOf(
  connection: Pick<Connection, 'requested' | 'granted' | 'missingScopes'>,
): readonly (Permission & { readonly state: PermissionState })[] {
  const { requested, granted, missingScopes } = connection;
  const missing = new Set(missingScopes);
  const asked = requested.map((permission) => {
    const { scope } = permission;
    if (missing.has(scope)) return { ...permission, state: 'missing' as const };
    if (granted === undefined) return { ...permission, state: 'requested' as const };
    // Not reported as missing, because the provider may grant a scope under another name.
    return { ...permission, state: 'granted' as const };
  });
  const known = new Set(requested.map(({ scope }) => scope));
  const extra = (granted ?? [])
    .filter(({ scope }) => !known.has(scope))
    .map((permission) => ({ ...permission, state: 'extra' as const }));
  return [...asked, ...extra];
}
