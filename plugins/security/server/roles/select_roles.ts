import type { z } from 'zod';
import type { queryRolesBody } from '../../common/index.ts';
import type { Role } from './role.ts';

type Conditions = Pick<z.infer<typeof queryRolesBody>, 'query' | 'sort' | 'filters'>;

/** The roles that match a search, sorted by name, in ascending order by default. */
export function selectRoles(
  roles: readonly Role[],
  { query = '', sort, filters }: Conditions,
): readonly Role[] {
  // Kibana's pages put `*` around the text that the user types.
  const text = query.replaceAll('*', '').trim().toLowerCase();
  const showsReserved = filters?.showReservedRoles ?? true;
  const direction = sort?.direction === 'desc' ? -1 : 1;
  return roles
    .filter(({ reserved }) => showsReserved || !reserved)
    .filter(({ name, description = '' }) =>
      [name, description].some((part) => part.toLowerCase().includes(text)),
    )
    .toSorted((a, b) => direction * (a.name < b.name ? -1 : 1));
}
