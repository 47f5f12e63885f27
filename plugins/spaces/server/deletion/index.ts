export { SpaceDataHandlers } from './data_handlers.ts';
export { registerDeletionRoutes } from './deletion_routes.ts';
export { DeletionStore } from './deletion_store.ts';
export {
  DeletionTasks,
  deletionScheduler,
} from './deletion_tasks.ts';
export { SPACE_DELETION_TYPE, spaceDeletionType } from './deletion_type.ts';
export { securityDataHandler } from './security_data.ts';
export { SpaceDeletions } from './space_deletions.ts';
