import type { RoleView } from './role_form.ts';

/** Roles whose name or description contains the text, in the same order. */
export function selectRoles<R extends Pick<RoleView, 'name' | 'description'>>(
  roles: readonly R[],
  search: string,
): readonly R[] {
  const text = search.trim().toLowerCase();
  return roles.filter(({ name, description = '' }) =>
    `${name}\n${description}`.toLowerCase().includes(text),
  );
}
