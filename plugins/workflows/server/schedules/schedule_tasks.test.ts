import { createLoggerMock } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { ScheduleTasks } from './schedule_tasks.ts';

it('reading the workflow of a scheduled task counts against the limits of the user as whom it runs', async () => {
  const readers: string[] = [];
  const schedules = new ScheduleTasks({
    taskManager: {
      runAt: async () => undefined,
      runEvery: async () => undefined,
      getMany: async () => new Map(),
      cancel: async () => true,
    },
    read: async () => undefined,
    readDocument: async (_, profileUid) => {
      readers.push(profileUid);
      return {};
    },
    logger: createLoggerMock(),
  });
  const workflow = {
    yaml: 'name: a',
    enabled: true,
    valid: true,
    scheduleKeys: ['k'],
    runsAs: { profileUid: 'u_ana' },
  };
  await schedules.saving({ spaceId: 'default', workflowId: 'w' }, workflow, async () => undefined);
  expect(readers).toEqual(['u_ana']);
});
