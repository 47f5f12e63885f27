import type { SpaceView } from '../space_avatar.tsx';

/** Spaces whose name or id contains the text, in the same order. */
export function selectSpaces<S extends Pick<SpaceView, 'id' | 'name'>>(
  spaces: readonly S[],
  search: string,
): readonly S[] {
  const text = search.trim().toLowerCase();
  return spaces.filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(text));
}
