import type { Clock, Randomness } from '@latchkey/core/server';
import type { UserChange } from '@latchkey/security-plugin/server';
import type { TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import { z } from 'zod';
import type { MassRevocationService, Users } from '../oauth/mass_revocation/index.ts';
import type { ServiceTask } from './service_task.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * Maximum time for which one run of a task works on a job. Shorter than the timeout of the task, so
 * that a long job does not count as failed.
 */
const MAX_RUN_MS = 30 * MINUTE_MS;
/**
 * Delay of a check after roles have changed, in milliseconds. Longer than other processes cache the
 * roles of a user.
 */
const ROLES_CACHE_MS = 5000;
/**
 * Delay of a check after a removal has begun, in milliseconds. Longer than it takes to store that a
 * user was disabled or deleted, and than any process caches the old state.
 */
const DEACTIVATION_DELAY_MS = 60_000;

/**
 * Type of the task that ends all grants of a user. Scheduled when a user is disabled or deleted.
 */
export const REVOKE_GRANTS_TASK = 'actions:revoke_grants_of_user';
/**
 * Type of the task that ends the grants of a user in spaces that the user may no longer use.
 * Scheduled when roles change.
 */
const CHECK_ACCESS_TASK = 'actions:check_access_of_user';
/** Type of the task that works on a revocation job. */
const REVOCATION_JOB_TASK = 'actions:oauth_revocation_job';

const userParams = z.strictObject({ profileUid: z.string().min(1).max(512) });
const revocationJobId = z.string().min(1).max(64);
const revocationJobParams = z.strictObject({ revocationJobId });
/**
 * Task types of versions before 0.1.0. They are registered, so that stored tasks of these types
 * run.
 */
const LEGACY_TASKS = {
  revokeGrants: 'actions:end_grants_of_person',
  checkAccess: 'actions:check_access_of_person',
  revocationJob: 'actions:oauth_ending',
} as const;
const legacyJobParams = z
  .strictObject({ endingId: revocationJobId })
  .transform(({ endingId }) => ({ revocationJobId: endingId }));
/** State that the task of a job keeps between its runs. */
const revocationJobState = z.object({ tries: z.number().int().nonnegative().catch(0) });

/** Services that the tasks of revocation jobs call. */
interface RevocationJobTaskServices {
  readonly revocationJobs: MassRevocationService;
  readonly isActive: Users['isActive'];
}

type RevocationTask = ServiceTask<RevocationJobTaskServices>;

/** The tasks that end grants and are scheduled once, including those of older versions. */
export const REVOCATION_JOB_TASKS: readonly RevocationTask[] = [
  userTask('user_removed', REVOKE_GRANTS_TASK),
  userTask('user_removed', LEGACY_TASKS.revokeGrants),
  userTask('access_lost', CHECK_ACCESS_TASK),
  userTask('access_lost', LEGACY_TASKS.checkAccess),
  jobTask(REVOCATION_JOB_TASK, revocationJobParams),
  jobTask(LEGACY_TASKS.revocationJob, legacyJobParams),
];

function userTask(reason: 'user_removed' | 'access_lost', type: string): RevocationTask {
  return {
    type,
    title:
      reason === 'user_removed'
        ? 'Revoke the authorizations of a removed user'
        : 'Revoke authorizations that a user may no longer use',
    timeoutMs: HOUR_MS,
    maxAttempts: 10,
    run: async ({ params, signal, logger, attempt }, { revocationJobs, isActive }) => {
      const { profileUid } = userParams.parse(params);
      // A user who is active again may have authorized since the removal. The job of the first
      // attempt ends exactly the grants that existed at the removal, so it is continued and no new
      // job is created.
      const isBack = attempt > 1 && reason === 'user_removed' && (await isActive(profileUid));
      const ended = isBack
        ? await revocationJobs.resumeForUser(profileUid, reason, limitSignal(signal))
        : await revocationJobs.revokeForUser(profileUid, reason, limitSignal(signal));
      if (ended > 0) logger.info(`Ended ${ended} authorizations of one user: ${reason}`);
      return undefined;
    },
  };
}

function jobTask(
  type: string,
  schema: typeof revocationJobParams | typeof legacyJobParams,
): RevocationTask {
  return {
    type,
    title: 'Revoke many authorizations',
    timeoutMs: HOUR_MS,
    maxAttempts: 10,
    run: async ({ params, state, signal }, { revocationJobs }) => {
      const { revocationJobId: id } = schema.parse(params);
      const { tries } = revocationJobState.parse(state);
      const runAt = await revocationJobs.workOn(id, limitSignal(signal), tries);
      return runAt === undefined ? undefined : { runAt, state: { tries: tries + 1 } };
    },
  };
}

/** Schedules revocation jobs, with one task per job, so that one process at a time works on it. */
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

/**
 * Schedules the task for a change of a user. Every change gets its own task, because a running task
 * may have started before the change.
 */
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
  const isRemoved = type === 'disabled' || type === 'deleted';
  const taskType = isRemoved ? REVOKE_GRANTS_TASK : CHECK_ACCESS_TASK;
  const id = `${taskType}:${randomness.uuid()}`;
  if (isRemoved) {
    await taskManager.schedule({ id, taskType, params });
    return;
  }
  // `deactivating` is announced before the removal is stored. The check runs later, so that a crash
  // in between cannot hide the removal.
  const pauseMs = type === 'deactivating' ? DEACTIVATION_DELAY_MS : ROLES_CACHE_MS;
  await taskManager.schedule({ id, taskType, params, runAt: new Date(clock.now() + pauseMs) });
}

function limitSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(MAX_RUN_MS)]);
}
