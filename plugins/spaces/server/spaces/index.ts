export { mapSpaceError } from './space_error.ts';
export { registerSpaceRoutes } from './space_routes.ts';
export { MANAGE_SPACES, SpaceService } from './space_service.ts';
export { SpaceStore } from './space_store.ts';
export { SPACE_TYPE, spaceType } from './space_type.ts';
