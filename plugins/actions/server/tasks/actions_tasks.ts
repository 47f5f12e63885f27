import type { Clock, Logger } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import type { ConnectorReader } from '../connector_data/index.ts';
import type { GrantCheck, RateLimiter, StateStore } from '../oauth/flow/index.ts';
import { convertLegacyJobs, type MassRevocationService } from '../oauth/mass_revocation/index.ts';
import type { ProviderClientFactory } from '../oauth/strategies/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import { GrantCleanUp } from './clean_up_grants.ts';
import { KeepAliveRun } from './keep_alive.ts';
import { REVOCATION_JOB_TASKS } from './revocation_job_tasks.ts';
import { registerServiceTasks, type ServiceTask } from './service_task.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Ids of recurring tasks that versions before 0.1.0 have scheduled and that no longer exist. */
const FORMER_TASK_IDS = ['Actions-actions:oauth_endings'];

/** Services that the tasks of this plugin call. */
export interface TaskServices {
  readonly tokens: Tokens;
  readonly grantCheck: Pick<GrantCheck, 'runDue'>;
  readonly revocationJobs: MassRevocationService;
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  readonly states: StateStore;
  readonly limiter: RateLimiter;
  /** Resolves to `true` if a user exists and is enabled. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
  /**
   * Yields the profile uids of all users that exist and are enabled, by a search whose result may
   * be outdated.
   */
  readonly activeProfileUids: () => AsyncIterable<string>;
  /** Converts revocation jobs that an older version has stored. */
  readonly convertLegacyJobs: () => Promise<unknown>;
  /** Age at which unused grants are ended, in milliseconds. */
  readonly staleTokenAgeMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Creates the services of the tasks from the services of the plugin. */
export function createTaskServices({
  repository,
  users,
  ...services
}: Omit<TaskServices, 'activeProfileUids' | 'convertLegacyJobs' | 'isActive'> & {
  /**
   * Repository with access to the hidden types of revocation jobs, including those of older
   * versions.
   */
  readonly repository: SavedObjectsRepository;
  readonly users: Pick<SecurityStart, 'activeProfileUids' | 'getActiveUser'>;
}): TaskServices {
  return {
    ...services,
    isActive: async (profileUid) => (await users.getActiveUser(profileUid)) !== undefined,
    activeProfileUids: () => users.activeProfileUids(),
    convertLegacyJobs: () => convertLegacyJobs(repository, services.logger),
  };
}

interface RecurringTask extends ServiceTask<TaskServices> {
  readonly id: string;
  readonly intervalMs: number;
}

const RECURRING_TASKS: readonly RecurringTask[] = [
  {
    id: 'Actions-actions:oauth_state_cleanup',
    type: 'actions:oauth_state_cleanup',
    title: 'Remove OAuth states that have timed out',
    intervalMs: 30 * MINUTE_MS,
    // Long, because many requests may have created a million states.
    timeoutMs: 10 * MINUTE_MS,
    run: async ({ state, signal }, { states, limiter }) => {
      const removed = await states.deleteExpired(signal);
      await limiter.deleteExpired(signal);
      const runs = typeof state['runs'] === 'number' ? state['runs'] : 0;
      return { state: { runs: runs + 1, last_cleanup_count: removed } };
    },
  },
  {
    id: 'Actions-actions:user_connector_token_cleanup',
    type: 'actions:user_connector_token_cleanup',
    title: 'End and revoke unused authorizations and those of removed users',
    intervalMs: DAY_MS,
    timeoutMs: HOUR_MS,
    run: async ({ signal, logger }, services) => {
      await new GrantCleanUp(services).run({ signal, logger });
      return undefined;
    },
  },
  {
    id: 'Actions-actions:revocation_outbox',
    type: 'actions:revocation_outbox',
    title: 'Check new authorizations, and revoke ended ones at their providers',
    intervalMs: MINUTE_MS,
    timeoutMs: 10 * MINUTE_MS,
    run: async ({ signal }, { grantCheck, tokens }) => {
      try {
        await tokens.accountChanges.discardExpired(signal);
      } finally {
        try {
          await grantCheck.runDue(signal);
        } finally {
          await tokens.outbox.processDue(signal);
        }
      }
      return undefined;
    },
  },
  {
    id: 'Actions-actions:oauth_revocation_jobs',
    type: 'actions:oauth_revocation_jobs',
    title: 'Continue interrupted revocation jobs and remove old ones',
    intervalMs: MINUTE_MS,
    timeoutMs: 10 * MINUTE_MS,
    run: async ({ signal }, { convertLegacyJobs, revocationJobs }) => {
      try {
        await convertLegacyJobs();
      } finally {
        await revocationJobs.sweep(signal);
      }
      return undefined;
    },
  },
  {
    id: 'Actions-actions:oauth_keep_alive',
    type: 'actions:oauth_keep_alive',
    title: 'Refresh idle authorizations before the idle limits of their providers',
    intervalMs: 6 * HOUR_MS,
    timeoutMs: HOUR_MS,
    run: async ({ signal, logger }, services) => {
      const refreshed = await new KeepAliveRun(services).run(signal);
      if (refreshed > 0)
        logger.info(
          `Refreshed ${refreshed} idle authorizations before the idle limits of their providers`,
        );
      return undefined;
    },
  },
];

/**
 * Registers all task types of this plugin during setup.
 * @param services called at the beginning of each run
 */
export function registerActionsTasks(
  taskManager: TaskManagerSetup,
  services: () => TaskServices,
): void {
  registerServiceTasks(taskManager, RECURRING_TASKS, services);
  registerServiceTasks(taskManager, REVOCATION_JOB_TASKS, services);
}

/**
 * Schedules the recurring tasks, and deletes those of older versions that no longer exist. A
 * failure is logged and does not prevent the start: the server can run without the tasks for some
 * time, and its next start tries again.
 */
export async function scheduleActionsTasks(
  taskManager: TaskManagerStart,
  logger: Logger,
): Promise<void> {
  for (const { id, type, intervalMs } of RECURRING_TASKS) {
    try {
      await taskManager.ensureScheduled({ id, taskType: type, intervalMs });
    } catch (error) {
      logger.error(
        `Task [${id}] could not be scheduled; it will be retried at the next server start`,
        { error },
      );
    }
  }
  for (const id of FORMER_TASK_IDS) {
    try {
      await taskManager.cancel(id);
    } catch (error) {
      logger.warn(
        `Task [${id}] of an older version could not be deleted; it will be retried at the next server start`,
        { error },
      );
    }
  }
}
