/** Privileges of the feature `workflows`. */
export const WORKFLOW_PRIVILEGES = {
  read: 'workflows:read',
  create: 'workflows:create',
  update: 'workflows:update',
  delete: 'workflows:delete',
  execute: 'workflows:execute',
  cancel: 'workflows:cancel',
} as const;

/**
 * Reading inputs and outputs of executions of other users, with data of their personal connections.
 * No level of the feature `workflows` includes it.
 */
export const READ_OUTPUTS_PRIVILEGE = 'workflows:read_outputs';
