import { expect, it } from 'vitest';
import { Operations } from './operations.ts';
import type { Stack } from './stack.ts';

const running = { job: { reason: 'user_removed' } };

/**
 * Creates the operations of a worker. Each call of its list of running jobs returns the next of
 * `lists`.
 */
function operationsWith(lists: readonly (readonly object[])[]) {
  const calls: string[] = [];
  const revocationJobs = {
    revokeForUser: async () => calls.push('revoke'),
    list: async () => ({ views: lists[calls.push('list') - 2] ?? lists.at(-1) ?? [], total: 0 }),
  };
  return { calls, operations: new Operations({ revocationJobs } as unknown as Stack) };
}

it('the removal of a user waits until no process works on the job of this removal', async () => {
  const { calls, operations } = operationsWith([[running], [running], []]);
  await operations.removeUser('u_ana', 5_000);
  expect(calls).toEqual(['revoke', 'list', 'list', 'list']);
});

it('the removal of a user does not wait for running jobs with another reason', async () => {
  const { calls, operations } = operationsWith([[{ job: { reason: 'mass_revoke' } }]]);
  await operations.removeUser('u_ana', 5_000);
  expect(calls).toEqual(['revoke', 'list']);
});

it('the removal of a user fails when its job still runs after the timeout', async () => {
  const { operations } = operationsWith([[running]]);
  const removal = operations.removeUser('u_ana', 10);
  await expect(removal).rejects.toThrow('the end of the job');
});
