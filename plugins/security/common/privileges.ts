/**
 * Privilege to manage users, roles and other users' keys. Only superusers have it, and no API key
 * has it. A role can therefore not give itself more privileges.
 */
export const MANAGE_SECURITY = 'security:manage';

/**
 * Privilege of users to create and change their own API keys. Kibana calls it `manage_own_api_key`.
 */
export const MANAGE_OWN_API_KEYS = 'security:manage-own-api-keys';
