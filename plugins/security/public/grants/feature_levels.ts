import type { GrantDraft, Level } from './grant_drafts.ts';

/** A feature that roles can grant. */
export interface FeatureName {
  readonly id: string;
  /** Name in English, used for features whose texts the web app does not have. */
  readonly name: string;
  /** Privileges that each level grants. Absent: not known. */
  readonly privileges?: Readonly<Record<'read' | 'all', { readonly api: readonly string[] }>>;
  /** `true`: has no effect in single spaces. */
  readonly onlyInEverySpace?: boolean | undefined;
}

/**
 * Levels that the user can choose. `read` is left out if it grants nothing, or the same as `all`.
 * @param current level in the draft; it is always part of the result
 */
export function levelsOf({ privileges }: FeatureName, current: Level): readonly Level[] {
  const { read, all } = privileges ?? {};
  const isSame = read !== undefined && all?.api.every((name) => read.api.includes(name));
  const hasRead = current === 'read' || read === undefined || (read.api.length > 0 && !isSame);
  return hasRead ? ['none', 'read', 'all'] : ['none', 'all'];
}

/**
 * Stored privileges that have no effect: those of features that roles cannot grant by name here,
 * and those that stand for no level. In the form `feature: privilege, privilege`. Empty if the
 * draft has a base privilege.
 */
export function privilegesWithoutEffect(
  { base, features: levels, others }: GrantDraft,
  features: readonly FeatureName[],
): readonly string[] {
  if (base !== 'custom') return [];
  const known = new Set(features.map(({ id }) => id));
  return Object.entries(levels).flatMap(([id, level]) => {
    const names = [
      ...(known.has(id) || level === 'none' ? [] : [level]),
      ...(others?.get(id) ?? []),
    ];
    return names.length === 0 ? [] : [`${id}: ${names.join(', ')}`];
  });
}
