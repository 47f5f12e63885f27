import type { Grant } from './grant.ts';

/**
 * Removes one space from the entries of a role or of a key's restriction. An entry that names no
 * other space is removed as a whole, because an empty list of spaces must never mean every space.
 * `undefined`: no entry names the space. An entry for every space (`*`) names none.
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
