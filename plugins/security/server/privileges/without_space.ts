import type { Grant } from './grant.ts';

/**
 * The rows of a role, or of what a key is restricted to, without one space. A row that names no other space goes as a whole: one without spaces must never be taken for one of every
 * space. `undefined`: no row names the space. A row for every space (`*`) names none.
 */
export function withoutSpace(
  grants: readonly Grant[],
  spaceId: string,
): readonly Grant[] | undefined {
  if (!grants.some(({ spaces }) => spaces.includes(spaceId))) return undefined;
  return grants
    .filter(({ spaces }) => spaces.some((space) => space !== spaceId))
    .map((grant) => ({ ...grant, spaces: grant.spaces.filter((space) => space !== spaceId) }));
}
