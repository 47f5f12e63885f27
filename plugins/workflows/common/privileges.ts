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
 * Privilege to read inputs and outputs of executions of other users, which contain data of their
 * personal connections. No level of the feature `workflows` includes this privilege.
 */
export const READ_OUTPUTS_PRIVILEGE = 'workflows:read_outputs';
