/**
 * Privilege to manage users, roles and other users' keys. Only superusers have it, so no role can
 * escalate itself, and no API key has it.
 */
export const MANAGE_SECURITY = 'security:manage';

/** Privilege to create and change one's own API keys. Kibana's `manage_own_api_key`. */
export const MANAGE_OWN_API_KEYS = 'security:manage-own-api-keys';
