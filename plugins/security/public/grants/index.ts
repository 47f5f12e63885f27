export { type FeatureName, levelsOf, privilegesWithoutEffect } from './feature_levels.ts';
export {
  changeSpaces,
  EVERY_SPACE,
  findProblems,
  type Grant,
  type GrantDraft,
  type GrantProblem,
  type Level,
  newDraft,
  toDrafts,
  toGrants,
} from './grant_drafts.ts';
