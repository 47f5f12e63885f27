import { createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { StepTypes } from './step_types.ts';
import { type WorkflowLimitNumbers, WorkflowLimits } from './workflow_limits.ts';
import { WorkflowService, type WorkflowServiceDeps } from './workflow_service.ts';
import { WORKFLOW_TYPE, workflowType } from './workflow_type.ts';

/** Milliseconds to read one text, so that a busy machine does not refuse a large text. */
const READ_LIMIT_MS = 60_000;

/**
 * Creates a service with workflows in memory, without schedules. Ids of new workflows are random.
 */
export async function aWorkflowService(
  limits: Partial<WorkflowLimitNumbers> = {},
  wrap = (original: SavedObjectsRepository): SavedObjectsRepository => original,
) {
  const clock = new ManualClock();
  const store = createSqliteStore({ path: ':memory:' });
  const savedObjects = createSavedObjectsService({
    store,
    logger: createLoggerMock(),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  savedObjects.setup.registerType(workflowType);
  const { createRepository } = await savedObjects.start();
  const repository = wrap(createRepository({ includedHiddenTypes: [WORKFLOW_TYPE] }));
  const actions = createActionsStartMock();
  const security = createSecurityStartMock();
  const workflows = new WorkflowService({
    repository,
    actions: {
      ...actions,
      deferredUser: ({ user, spaceId }) => ({
        profileUid: user?.profileUid ?? '',
        apiKeyId: null,
        spaceId,
      }),
    },
    schedules: {
      saving: (_key: unknown, _after: unknown, write: () => Promise<unknown>) => write(),
    } as unknown as WorkflowServiceDeps['schedules'],
    spaces: { isOpen: async () => true },
    stepTypes: new StepTypes(actions.connectorTypes, { limitMs: READ_LIMIT_MS }),
    limits: new WorkflowLimits(repository, {
      maxPerSpace: 1_000,
      maxPerUser: 1_000,
      maxCharactersPerUser: 200_000_000,
      maxScheduledPerUser: 1_000,
      ...limits,
    }),
    clock,
    randomness: systemRandomness,
    security,
  });
  return { workflows, repository, store, security, clock, stop: () => savedObjects.stop() };
}
