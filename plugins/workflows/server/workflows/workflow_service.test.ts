import { expect, it } from '@jest/globals';
import { createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { systemRandomness } from '@latchkey/core/server';
import { anAuthenticatedUser, createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { StepTypes } from './step_types.ts';
import { WorkflowService, type WorkflowServiceDeps } from './workflow_service.ts';
import { WORKFLOW_TYPE, workflowType } from './workflow_type.ts';

const YAML = `name: a
triggers: [{ type: manual }]
steps: [{ name: log, type: console, with: { message: hi } }]
`;

it('writes an audit event for each workflow that is created, changed or deleted', async () => {
  const clock = new ManualClock();
  const savedObjects = createSavedObjectsService({
    store: createSqliteStore({ path: ':memory:' }),
    logger: createLoggerMock(),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  savedObjects.setup.registerType(workflowType);
  const { createRepository } = await savedObjects.start();
  const actions = createActionsStartMock();
  const security = createSecurityStartMock();
  const workflows = new WorkflowService({
    repository: createRepository({ includedHiddenTypes: [WORKFLOW_TYPE] }),
    actions,
    schedules: {
      saving: (_key: unknown, _after: unknown, write: () => Promise<unknown>) => write(),
    } as unknown as WorkflowServiceDeps['schedules'],
    spaces: { isOpen: async () => true },
    stepTypes: new StepTypes(actions.connectorTypes),
    clock,
    randomness: systemRandomness,
    security,
  });
  const principal = { user: anAuthenticatedUser(), spaceId: 'default' };
  await workflows.create(principal, { yaml: YAML, id: 'w-1' });
  await workflows.update(principal, 'w-1', { enabled: false });
  await workflows.delete(principal, 'w-1');
  await expect(workflows.delete(principal, 'w-1')).rejects.toMatchObject({
    code: 'workflow_not_found',
  });
  const savedObject = { type: WORKFLOW_TYPE, id: 'w-1' };
  expect(security.audit.events).toMatchObject([
    { action: 'workflow_create', message: 'User has created workflow [w-1]', savedObject },
    { action: 'workflow_update', message: 'User has updated workflow [w-1]', savedObject },
    { action: 'workflow_delete', message: 'User has deleted workflow [w-1]', savedObject },
  ]);
  await savedObjects.stop();
});
