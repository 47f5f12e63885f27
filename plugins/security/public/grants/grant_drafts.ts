/** Stands for every space, including spaces that are created later. */
export const EVERY_SPACE = '*';

/** Level of a feature in some spaces. */
export type Level = 'none' | 'read' | 'all';

/** One entry of a role, as the form edits it: the privileges in some spaces. */
export interface GrantDraft {
  /** Identifies the entry in the form. Not saved. */
  readonly key: string;
  /** Ids of spaces, or only {@link EVERY_SPACE}. */
  readonly spaces: readonly string[];
  /** `custom`: each feature has its own level. */
  readonly base: 'read' | 'all' | 'custom';
  /** Levels by id of the feature. Only used for `custom`. */
  readonly features: Readonly<Record<string, Level>>;
  /** Stored privileges of the features, by id of the feature. Absent: the entry is new. */
  readonly stored?: ReadonlyMap<string, readonly string[]>;
}

/** An entry of a role, as the API returns it. */
export interface Grant {
  readonly base: readonly string[];
  readonly feature: Readonly<Record<string, readonly string[]>>;
  readonly spaces: readonly string[];
}

/** An entry in the body of a request. */
export interface GrantBody {
  readonly base: string[];
  readonly feature: Record<string, string[]>;
  readonly spaces: string[];
}

/** Reasons for which a draft cannot be saved. */
export type GrantProblem = 'no_spaces' | 'nothing_granted' | 'repeated_space';

/** Converts the entries of a role to drafts. */
export function toDrafts(grants: readonly Grant[]): GrantDraft[] {
  return grants.map(({ base, feature, spaces }, index) => ({
    key: `stored-${index}`,
    spaces: [...spaces],
    base: base.includes('all') ? 'all' : base.includes('read') ? 'read' : 'custom',
    features: Object.fromEntries(
      Object.entries(feature).map(([id, names]) => [id, levelOf(names)] as const),
    ),
    stored: new Map(Object.entries(feature)),
  }));
}

/** Converts drafts to the entries of a role. Features without a privilege are left out. */
export function toGrants(drafts: readonly GrantDraft[]): GrantBody[] {
  return drafts.map((draft) => ({
    spaces: [...draft.spaces],
    base: draft.base === 'custom' ? [] : [draft.base],
    feature: Object.fromEntries(privilegesIn(draft)),
  }));
}

/**
 * Privileges that a draft grants, by id of the feature. If the level of a feature was not changed,
 * its stored privileges; otherwise the new level, and those of them that stand for no level. Empty
 * if the draft has a base privilege.
 */
export function privilegesIn({
  base,
  features,
  stored,
}: GrantDraft): readonly (readonly [string, string[]])[] {
  if (base !== 'custom') return [];
  return Object.entries(features).flatMap(([id, level]) => {
    const before = stored?.get(id) ?? [];
    const privileges =
      levelOf(before) === level
        ? [...before]
        : [...(level === 'none' ? [] : [level]), ...before.filter((name) => !LEVELS.has(name))];
    return privileges.length === 0 ? [] : [[id, privileges] as const];
  });
}

/**
 * Creates an empty draft for every space. If another draft is for every space: for no space yet.
 */
export function newDraft(key: string, drafts: readonly GrantDraft[]): GrantDraft {
  const isEveryNamed = drafts.some(({ spaces }) => spaces.includes(EVERY_SPACE));
  return { key, spaces: isEveryNamed ? [] : [EVERY_SPACE], base: 'custom', features: {} };
}

/**
 * Spaces after the user changed the selection. {@link EVERY_SPACE} and named spaces exclude each
 * other: the one that was added last stays.
 */
export function changeSpaces(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  if (!after.includes(EVERY_SPACE)) return after;
  const named = after.filter((id) => id !== EVERY_SPACE);
  return before.includes(EVERY_SPACE) && named.length > 0 ? named : [EVERY_SPACE];
}

/** Finds drafts that the server would refuse. The result is by the `key` of the draft. */
export function findProblems(drafts: readonly GrantDraft[]): ReadonlyMap<string, GrantProblem> {
  const problems = new Map<string, GrantProblem>();
  const named = new Set<string>();
  for (const draft of drafts) {
    const { key, spaces, base } = draft;
    if (spaces.length === 0) problems.set(key, 'no_spaces');
    else if (spaces.some((id) => named.has(id))) problems.set(key, 'repeated_space');
    else if (base === 'custom' && privilegesIn(draft).length === 0)
      problems.set(key, 'nothing_granted');
    for (const id of spaces) named.add(id);
  }
  return problems;
}

/** Level of each of Kibana's level names. */
const LEVELS: ReadonlyMap<string, Level> = new Map([
  ['all', 'all'],
  ['minimal_all', 'all'],
  ['read', 'read'],
  ['minimal_read', 'read'],
]);

/** The highest level that these privileges name. */
export function levelOf(names: readonly string[]): Level {
  const levels = names.map((name) => LEVELS.get(name));
  return levels.includes('all') ? 'all' : levels.includes('read') ? 'read' : 'none';
}
