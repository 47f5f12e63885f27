/**
 * One entry of a role: its privileges and the spaces in which they apply. Kibana calls it
 * `kibana[]`.
 */
export interface Grant {
  /** Levels (`all`, `read`) that apply to every feature. */
  readonly base: readonly string[];
  /** Levels by id of the feature, for example `{ actions: ['read'] }`. */
  readonly feature: Readonly<Record<string, readonly string[]>>;
  /** Space ids, or `['*']` for every space. */
  readonly spaces: readonly string[];
}

/** Stands for every space, including spaces that are created later. */
export const EVERY_SPACE = '*';

/**
 * Level names that an entry may use, and the level of each. Kibana's clients also send the minimal
 * levels. This server has no sub-features, so a minimal level means the same as the level without
 * `minimal_`.
 */
const LEVELS = {
  all: 'all',
  minimal_all: 'all',
  read: 'read',
  minimal_read: 'read',
} as const;

/** Every level name that an entry may use for a feature. */
export const LEVEL_WORDS: readonly string[] = Object.keys(LEVELS);

/** Level at which a role grants a feature. */
export type Level = (typeof LEVELS)[keyof typeof LEVELS];

/** The level that a level name stands for. `undefined`: the name is unknown and grants nothing. */
export function levelOf(word: string): Level | undefined {
  return Object.hasOwn(LEVELS, word) ? LEVELS[word as keyof typeof LEVELS] : undefined;
}

/**
 * Removes one space from the entries of a role or of a key's restriction. An entry that names no
 * other space is removed as a whole, because an empty list of spaces must never mean every space.
 * `undefined`: no entry names the space; `*` does not name it.
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
