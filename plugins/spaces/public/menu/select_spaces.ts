import type { SpaceView } from '../space_avatar.tsx';

/** Selects the spaces whose name or id contains the text. Keeps the order. */
export function selectSpaces<S extends Pick<SpaceView, 'id' | 'name'>>(
  spaces: readonly S[],
  search: string,
): readonly S[] {
  const text = search.trim().toLowerCase();
  return spaces.filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(text));
}
