export { expandPrivileges } from './expand_privileges.ts';
export { FeatureRegistry } from './feature_registry.ts';
export { registerFeatureRoutes } from './feature_routes.ts';
export { EVERY_SPACE, type Grant, levelOf, withoutSpace } from './grant.ts';
export { monitoringFeature } from './monitoring_feature.ts';
export {
  closedSince,
  type GrantHolder,
  type NamedSpaces,
  openNamedSpaces,
  spaceBeingDeleted,
} from './named_spaces.ts';
