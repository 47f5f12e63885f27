import type { FeatureRegistration } from '../types.ts';
import { EVERY_SPACE, type Grant, type Level, levelOf } from './grant.ts';

/**
 * Returns the privileges that entries of roles grant in one space. Unknown features and levels
 * grant nothing. `all` always includes `read`, even if the feature does not repeat its privileges.
 */
export function expandPrivileges(
  grants: readonly Grant[],
  spaceId: string,
  features: readonly FeatureRegistration[],
): ReadonlySet<string> {
  const granted = new Set<string>();
  for (const grant of grants) {
    const everywhere = grant.spaces.includes(EVERY_SPACE);
    if (!everywhere && !grant.spaces.includes(spaceId)) continue;
    for (const feature of features) {
      if (feature.onlyInEverySpace && !everywhere) continue;
      const words = feature.onlyWithBaseInEverySpace
        ? everywhere
          ? grant.base
          : []
        : [...grant.base, ...wordsFor(grant, feature.id)];
      for (const word of words) add(granted, feature, levelOf(word));
    }
  }
  return granted;
}

function wordsFor(grant: Grant, featureId: string): readonly string[] {
  return Object.hasOwn(grant.feature, featureId) ? (grant.feature[featureId] ?? []) : [];
}

function add(granted: Set<string>, feature: FeatureRegistration, level: Level | undefined): void {
  if (level === undefined) return;
  for (const name of feature.privileges.read) granted.add(name);
  if (level === 'all') for (const name of feature.privileges.all) granted.add(name);
}
