import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { expect, it } from 'vitest';
import { ScheduledUsers } from './scheduled_users.ts';
import type { ListedWorkflow } from './stored_workflow.ts';

const ana = anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' });

const workflowOf = (username: string, scheduleKeys: readonly string[] = ['every']) =>
  ({
    spaceId: 'default',
    runsAs: { username, profileUid: `u_${username}`, apiKeyId: null },
    scheduleKeys,
  }) as unknown as ListedWorkflow;

it('scheduled workflows of a list are told apart by the user who may run them, and other workflows are left out', async () => {
  const users = new ScheduledUsers(createSecurityStartMock({ activeUsers: [ana] }));
  const [allowed, disabled, manual] = [
    workflowOf('ana'),
    workflowOf('ben'),
    workflowOf('ben', []),
  ] as const;
  expect(await users.mayRunEach([allowed, disabled, manual])).toEqual(
    new Map([
      [allowed, true],
      [disabled, false],
    ]),
  );
});

it('a user without the privilege to run workflows may not run any scheduled workflow', async () => {
  const users = new ScheduledUsers(
    createSecurityStartMock({ activeUsers: [ana], missing: ['workflows:execute'] }),
  );
  const workflow = workflowOf('ana');
  expect((await users.mayRunEach([workflow])).get(workflow)).toBe(false);
});

it('a list of many workflows of one user needs one check of this user', async () => {
  const security = createSecurityStartMock({ activeUsers: [ana] });
  let reads = 0;
  const users = new ScheduledUsers({
    ...security,
    getDeferredUser: async (identity) => {
      reads += 1;
      return security.getDeferredUser(identity);
    },
  });
  await users.mayRunEach(Array.from({ length: 20 }, () => workflowOf('ana')));
  expect(reads).toBe(1);
});
