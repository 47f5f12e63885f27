/** Privileges of the feature `workflows`. */
export const WORKFLOW_PRIVILEGES = {
  read: 'workflows:read',
  create: 'workflows:create',
  update: 'workflows:update',
  delete: 'workflows:delete',
  execute: 'workflows:execute',
  cancel: 'workflows:cancel',
} as const;
