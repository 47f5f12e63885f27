/**
 * Privilege to end grants of other users. Superusers have it, and roles with the base privilege
 * `all` in every space. A user who may edit connectors does not have it by that alone.
 */
export const MANAGE_GRANTS = 'actions:manage-grants';
