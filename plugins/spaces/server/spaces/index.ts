export { mapSpaceError, SpaceError } from './space_error.ts';
export { registerSpaceRoutes } from './space_routes.ts';
export { DEFAULT_SPACE_ID, MANAGE_SPACES, SpaceService } from './space_service.ts';
export { SpaceStore, type StoredSpace } from './space_store.ts';
export { SPACE_TYPE, spaceType } from './space_type.ts';
