export { bootDataOf } from './boot_data.ts';
export { mapSpaceError, SpaceError } from './space_error.ts';
export { registerSpaceRoutes } from './space_routes.ts';
export { SpaceService } from './space_service.ts';
export { SpaceStore, type StoredSpace } from './space_store.ts';
export { SPACE_TYPE, spaceType } from './space_type.ts';
