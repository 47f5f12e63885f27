import type { Logger } from '@latchkey/core/server';
import type { TaskDefinition, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import { z } from 'zod';
import type { RateLimiter, StateStore } from '../oauth/flow/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import type { EndReason } from '../types.ts';
import { type KeepAliveDeps, keepGrantsAlive } from './keep_alive.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Ends all grants of one person; queued when a user is disabled or deleted. */
export const END_GRANTS_TASK = 'actions:end_grants_of_person';

const endGrantsParams = z.strictObject({ profileUid: z.string().min(1).max(512) });

/** What the jobs of this plugin work with. */
export interface TaskDeps extends KeepAliveDeps {
  readonly states: StateStore;
  readonly limiter: RateLimiter;
  readonly tokens: Tokens;
  readonly staleTokenAgeMs: number;
}

interface RecurringTask extends TaskDefinition {
  readonly id: string;
  readonly intervalMs: number;
}

/** One row per recurring job. */
function recurringTasks(depsOf: () => Promise<TaskDeps>): readonly RecurringTask[] {
  return [
    {
      id: 'Actions-actions:oauth_state_cleanup',
      type: 'actions:oauth_state_cleanup',
      title: 'Remove OAuth states that have timed out',
      intervalMs: 30 * MINUTE_MS,
      timeoutMs: MINUTE_MS,
      run: async ({ state, signal }) => {
        const { states, limiter } = await depsOf();
        const removed = await states.cleanUp(signal);
        await limiter.cleanUp(signal);
        const runs = typeof state['runs'] === 'number' ? state['runs'] : 0;
        return { state: { runs: runs + 1, last_cleanup_count: removed } };
      },
    },
    {
      id: 'Actions-actions:user_connector_token_cleanup',
      type: 'actions:user_connector_token_cleanup',
      title: 'End and revoke authorizations that nobody uses any more',
      intervalMs: DAY_MS,
      timeoutMs: HOUR_MS,
      run: async ({ signal, logger }) => {
        const { tokens, clock, staleTokenAgeMs } = await depsOf();
        const ended = await tokens.grants.endStale(new Date(clock.now() - staleTokenAgeMs), signal);
        if (ended > 0) logger.info(`Ended ${ended} authorizations that nobody had used for long`);
        return undefined;
      },
    },
    {
      id: 'Actions-actions:revocation_outbox',
      type: 'actions:revocation_outbox',
      title: 'Revoke ended authorizations at their providers',
      intervalMs: MINUTE_MS,
      timeoutMs: 10 * MINUTE_MS,
      run: async ({ signal }) => {
        await (await depsOf()).tokens.outbox.workOff(signal);
        return undefined;
      },
    },
    {
      id: 'Actions-actions:oauth_keep_alive',
      type: 'actions:oauth_keep_alive',
      title: 'Refresh idle authorizations before their provider drops them',
      intervalMs: 6 * HOUR_MS,
      timeoutMs: HOUR_MS,
      run: async ({ signal, logger }) => {
        const refreshed = await keepGrantsAlive(await depsOf(), signal);
        if (refreshed > 0) logger.info(`Kept ${refreshed} idle authorizations alive`);
        return undefined;
      },
    },
  ];
}

/** All kinds of tasks of this plugin, for set-up. */
export function actionsTaskDefinitions(depsOf: () => Promise<TaskDeps>): readonly TaskDefinition[] {
  const endGrants: TaskDefinition = {
    type: END_GRANTS_TASK,
    title: 'End the authorizations of a person who is gone',
    timeoutMs: HOUR_MS,
    maxAttempts: 10,
    run: async ({ params, logger }) => {
      const { tokens } = await depsOf();
      const { profileUid } = endGrantsParams.parse(params);
      const reason: EndReason = 'user_removed';
      const ended = await tokens.grants.endGrantsOfPerson({ profileUid, reason, actor: undefined });
      logger.info(`Ended ${ended} authorizations of a person who is gone`);
      return undefined;
    },
  };
  return [...recurringTasks(depsOf), endGrants];
}

/** Schedules the recurring jobs. A failure is logged and tried again at the next start; the server works without them for a while. */
export async function scheduleActionsTasks(
  taskManager: TaskManagerStart,
  logger: Logger,
): Promise<void> {
  const unused = (): Promise<TaskDeps> => Promise.reject(new Error('not run here'));
  for (const { id, type, intervalMs } of recurringTasks(unused)) {
    try {
      await taskManager.ensureScheduled({ id, taskType: type, intervalMs });
    } catch (error) {
      logger.error(`Task [${id}] could not be scheduled`, { error });
    }
  }
}
