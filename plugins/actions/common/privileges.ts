/**
 * Privilege of superusers and of roles with the base privilege `all` in every space. Users who may
 * edit a connector need this privilege too before they may end grants of other users.
 */
export const MANAGE_GRANTS = 'actions:manage-grants';
