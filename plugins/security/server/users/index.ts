export { ensureAdministrator } from './initial_administrator.ts';
export { SuperuserGuard } from './superuser_guard.ts';
export { toAuthenticatedUser, type User, type VersionedUser } from './user.ts';
export { UserChangeFeed } from './user_change_feed.ts';
export { UserDirectory } from './user_directory.ts';
export { registerUserRoutes } from './user_routes.ts';
export { UserService } from './user_service.ts';
export { UserStore } from './user_store.ts';
export { USER_TYPE, userProfileType, userType } from './user_types.ts';
