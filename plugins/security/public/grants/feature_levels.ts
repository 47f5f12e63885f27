import { type GrantDraft, type Level, levelOf, privilegesIn } from './grant_drafts.ts';

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
 * Privileges of a draft that have no effect: those of features that roles cannot grant by name
 * here, and those that stand for no level. In the form `feature: privilege, privilege`.
 */
export function privilegesWithoutEffect(
  draft: GrantDraft,
  features: readonly FeatureName[],
): readonly string[] {
  const known = new Set(features.map(({ id }) => id));
  return privilegesIn(draft).flatMap(([id, privileges]) => {
    const names = privileges.filter((name) => !known.has(id) || levelOf([name]) === 'none');
    return names.length === 0 ? [] : [`${id}: ${names.join(', ')}`];
  });
}
