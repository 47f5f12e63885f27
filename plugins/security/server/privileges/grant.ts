/** One row of a role: what it grants, and in which spaces. Kibana's `kibana[]`. */
export interface Grant {
  /** `all` or `read` of every feature. */
  readonly base: readonly string[];
  /** Feature id to its privileges, for example `{ actions: ['read'] }`. */
  readonly feature: Readonly<Record<string, readonly string[]>>;
  /** Space ids, or `['*']` for every space. */
  readonly spaces: readonly string[];
}

/** Stands for every space, those of the future included. */
export const EVERY_SPACE = '*';

/** What a row may name. The minimal ones exist for Kibana's clients; there are no sub-features, so they mean the same. */
const LEVELS = {
  all: 'all',
  minimal_all: 'all',
  read: 'read',
  minimal_read: 'read',
} as const;

/** Every level name that a row may use for a feature. */
export const LEVEL_WORDS: readonly string[] = Object.keys(LEVELS);

/** How much of a feature a role grants. */
export type Level = (typeof LEVELS)[keyof typeof LEVELS];

/** The level a row's word stands for; `undefined` for an unknown word, which grants nothing. */
export function levelOf(word: string): Level | undefined {
  return Object.hasOwn(LEVELS, word) ? LEVELS[word as keyof typeof LEVELS] : undefined;
}
