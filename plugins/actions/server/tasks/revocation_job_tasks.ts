import type { Clock, Randomness } from '@latchkey/core/server';
import type { UserChange } from '@latchkey/security-plugin/server';
import type { TaskDefinition, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import { z } from 'zod';
import type { MassRevocationService, Users } from '../oauth/mass_revocation/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A run leaves its task before the task's own time is over, so that a long run is no failed one. */
const SLICE_MS = 30 * MINUTE_MS;
/** Longer than other processes remember what somebody may do. */
const ROLES_SETTLE_MS = 5000;
/** Longer than it takes to write that somebody is gone, and than any process goes on believing that they are not. */
const DEACTIVATION_DELAY_MS = 60_000;

/** Ends all grants of one person; queued when a user is disabled or deleted. */
export const REVOKE_GRANTS_TASK = 'actions:revoke_grants_of_user';
/** Ends the grants of one person in spaces they may no longer use; queued when roles change. */
const CHECK_ACCESS_TASK = 'actions:check_access_of_user';
/** Works on one run that ends many grants. */
const REVOCATION_JOB_TASK = 'actions:oauth_revocation_job';

const userParams = z.strictObject({ profileUid: z.string().min(1).max(512) });
const revocationJobId = z.string().min(1).max(64);
const revocationJobParams = z.strictObject({ revocationJobId });
/** Task types of builds before 0.1.0. Stored tasks of these types still run. */
const LEGACY_TASKS = {
  revokeGrants: 'actions:end_grants_of_person',
  checkAccess: 'actions:check_access_of_person',
  revocationJob: 'actions:oauth_ending',
} as const;
const legacyJobParams = z
  .strictObject({ endingId: revocationJobId })
  .transform(({ endingId }) => ({ revocationJobId: endingId }));
/** State that the task of a run keeps between its executions. */
const revocationJobState = z.object({ tries: z.number().int().nonnegative().catch(0) });

/** What these tasks work with. */
export interface RevocationJobTaskDeps {
  readonly revocationJobs: MassRevocationService;
  readonly isActive: Users['isActive'];
}

/** The one-off tasks that end grants, for set-up. */
export function revocationJobTaskDefinitions(
  depsOf: () => Promise<RevocationJobTaskDeps>,
): readonly TaskDefinition[] {
  const user = (
    type: string,
    title: string,
    reason: 'user_removed' | 'access_lost',
  ): TaskDefinition => ({
    type,
    title,
    timeoutMs: HOUR_MS,
    maxAttempts: 10,
    run: async ({ params, signal, logger, attempt }) => {
      const { revocationJobs, isActive } = await depsOf();
      const { profileUid } = userParams.parse(params);
      // Who is back by the time of a retry may have authorized anew: only the run that the first try began knows what was there when they left.
      const isBack = attempt > 1 && reason === 'user_removed' && (await isActive(profileUid));
      const ended = isBack
        ? await revocationJobs.resumeForUser(profileUid, reason, sliceOf(signal))
        : await revocationJobs.revokeForUser(profileUid, reason, sliceOf(signal));
      if (ended > 0) logger.info(`Ended ${ended} authorizations of one person: ${reason}`);
      return undefined;
    },
  });
  const job = (
    type: string,
    title: string,
    schema: typeof revocationJobParams | typeof legacyJobParams,
  ): TaskDefinition => ({
    type,
    title,
    timeoutMs: HOUR_MS,
    maxAttempts: 10,
    run: async ({ params, state, signal }) => {
      const { revocationJobs } = await depsOf();
      const { revocationJobId: id } = schema.parse(params);
      const { tries } = revocationJobState.parse(state);
      const runAt = await revocationJobs.workOn(id, sliceOf(signal), tries);
      return runAt === undefined ? undefined : { runAt, state: { tries: tries + 1 } };
    },
  });
  const revokeTitle = 'Revoke the authorizations of a removed user';
  const accessTitle = 'Revoke authorizations that a user may no longer use';
  const jobTitle = 'Revoke many authorizations';
  return [
    user(REVOKE_GRANTS_TASK, revokeTitle, 'user_removed'),
    user(LEGACY_TASKS.revokeGrants, revokeTitle, 'user_removed'),
    user(CHECK_ACCESS_TASK, accessTitle, 'access_lost'),
    user(LEGACY_TASKS.checkAccess, accessTitle, 'access_lost'),
    job(REVOCATION_JOB_TASK, jobTitle, revocationJobParams),
    job(LEGACY_TASKS.revocationJob, jobTitle, legacyJobParams),
  ];
}

/** Has runs worked on: one task per run, so one process at a time. */
export function revocationJobScheduler(
  taskManager: Pick<TaskManagerStart, 'schedule'>,
): (revocationJobId: string) => Promise<void> {
  return (revocationJobId) =>
    taskManager.schedule({
      id: `${REVOCATION_JOB_TASK}:${revocationJobId}`,
      taskType: REVOCATION_JOB_TASK,
      params: { revocationJobId },
    });
}

/** Queues what follows from a change of a person. Of each change one task: another that is running may have begun before it. */
export async function scheduleForChange(
  { type, profileUid }: Pick<UserChange, 'type' | 'profileUid'>,
  deps: {
    readonly taskManager: Pick<TaskManagerStart, 'schedule'>;
    readonly clock: Clock;
    readonly randomness: Randomness;
  },
): Promise<void> {
  const { taskManager, clock, randomness } = deps;
  const params = { profileUid };
  const isGone = type === 'disabled' || type === 'deleted';
  const taskType = isGone ? REVOKE_GRANTS_TASK : CHECK_ACCESS_TASK;
  const id = `${taskType}:${randomness.uuid()}`;
  if (isGone) {
    await taskManager.schedule({ id, taskType, params });
    return;
  }
  // Whether somebody who was about to leave has left is asked later, so that a crash in between hides nothing.
  const pauseMs = type === 'deactivating' ? DEACTIVATION_DELAY_MS : ROLES_SETTLE_MS;
  await taskManager.schedule({ id, taskType, params, runAt: new Date(clock.now() + pauseMs) });
}

function sliceOf(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(SLICE_MS)]);
}
