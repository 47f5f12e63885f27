export {
  API_KEY_SORT_FIELDS,
  createApiKey,
  getApiKeysEnabled,
  invalidateApiKeys,
  listApiKeys,
  MAX_METADATA_BYTES,
  queryApiKeys,
  updateApiKey,
} from './api_key_routes.ts';
export {
  followLogoutLink,
  getMe,
  login,
  logout,
  readLoginScript,
  showLoginPage,
} from './authentication_routes.ts';
export { securityBrowserSettings } from './browser_settings.ts';
export { listFeatures, listFeaturesInternally, listPrivileges } from './feature_routes.ts';
export { jsonBytes } from './json_bytes.ts';
export { newPassword, presentedPassword } from './password_schema.ts';
export { MANAGE_OWN_API_KEYS, MANAGE_SECURITY } from './privileges.ts';
export { type RoleDescriptors, roleDescriptors } from './role_descriptors.ts';
export {
  deleteRole,
  getRole,
  listRoles,
  listRolesForPages,
  putRole,
  putRoleBody,
  putRoles,
  queryRoles,
  queryRolesBody,
  validElasticsearch,
} from './role_routes.ts';
export { endSessions, listSessions } from './session_routes.ts';
export {
  changePassword,
  deleteUser,
  disableUser,
  enableUser,
  getUser,
  isUsername,
  listUsers,
  queryUsers,
  saveUser,
} from './user_routes.ts';
export { DEFAULT_USER_SETTINGS, type UserSettings, userSettings } from './user_settings.ts';
export { getUserSettings, putUserSettings } from './user_settings_routes.ts';
