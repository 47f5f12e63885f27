import type { UrlBuilder } from '@latchkey/core/server';
import type { RunOutcome, RunWait } from '@latchkey/workflow-engine';
import type { GivenValues } from './apart_values.ts';
import { storedOpenSteps } from './journal_store.ts';
import { CHILD_WAKE_KEY, type RunChanges, type StoredRun } from './run_store.ts';

/** Changes that remove the waits of a run. */
export const NOT_WAITING = {
  waits: undefined,
  unauthorizedCalls: undefined,
  waitingSince: undefined,
  wakeAt: undefined,
  wakeKeys: undefined,
  activeSteps: undefined,
} as const;

/** Key by which runs are found that wait until a user has authorized a connector. */
export function authorizationKey(profileUid: string, connectorId: string): string {
  return `auth:${profileUid}:${connectorId}`;
}

/**
 * Changes of a run that begins to wait.
 * @param now in milliseconds since 1970
 */
export function waitingChanges(
  run: StoredRun,
  { waits, steps }: Pick<Extract<RunOutcome, { kind: 'waiting' }>, 'waits' | 'steps'>,
  now: number,
): RunChanges {
  const calls = waits.flatMap((wait) => {
    if (wait.kind !== 'authorization') return [];
    const { stepKey, since, earlierWaits, reason } = wait;
    return [{ stepKey, since, earlierWaits, ...(reason === undefined ? {} : { reason }) }];
  });
  const begins = waits.map((wait) => (wait.kind === 'authorization' ? wait.firstAt : now));
  const wakeAt = Math.min(...waits.map((wait) => wait.wakeAt ?? Number.POSITIVE_INFINITY));
  const keys = waits.flatMap((wait) => {
    if (wait.kind === 'child') return [CHILD_WAKE_KEY];
    return wait.kind === 'authorization'
      ? [authorizationKey(run.profileUid, wait.connectorId)]
      : [];
  });
  return {
    status: statusOf(waits),
    waits: waits.map(storedWait),
    unauthorizedCalls: calls.length === 0 ? undefined : calls,
    waitingSince: new Date(Math.min(now, ...begins)).toISOString(),
    activeSteps: steps.length === 0 ? undefined : storedOpenSteps(steps),
    wakeAt: Number.isFinite(wakeAt) ? new Date(wakeAt).toISOString() : undefined,
    wakeKeys: keys.length === 0 ? undefined : [...new Set(keys)],
    owner: undefined,
  };
}

function storedWait(wait: RunWait): NonNullable<StoredRun['waits']>[number] {
  if (wait.kind !== 'authorization') return { ...wait };
  const { firstAt: _, earlierWaits: __, reason: ___, ...stored } = wait;
  return stored;
}

/**
 * Status of a run with these waits. If there are several kinds, one that a user can end decides.
 */
function statusOf(waits: readonly RunWait[]): StoredRun['status'] {
  const kinds = new Set(waits.map(({ kind }) => kind));
  if (kinds.has('authorization')) return 'waiting_for_authorization';
  if (kinds.has('input')) return 'waiting_for_input';
  return kinds.has('child') ? 'waiting_for_child' : 'waiting';
}

/**
 * Start time of a run that a process takes: the first time at which the run was not queued.
 * `undefined`: the run is still queued.
 */
export function beginOf(
  run: Pick<StoredRun, 'status' | 'createdAt' | 'startedAt'>,
  status: StoredRun['status'],
  now: Date,
): string | undefined {
  if (run.startedAt !== undefined) return run.startedAt;
  // Runs that did not wait in a queue have started when they were created.
  if (run.status !== 'queued') return run.createdAt;
  return status === 'running' ? now.toISOString() : undefined;
}

/** Addresses of this server as a browser sees them. */
export type PublicUrls = Pick<UrlBuilder, 'publicBaseUrl' | 'publicUrl'>;

/** The facts about a run that its engine needs. */
export function factsOf(
  run: StoredRun,
  { inputs, metadata, event, context = {} }: GivenValues,
  urls: PublicUrls,
) {
  const { id, workflowId, workflowName, spaceId, isTestRun, createdAt } = run;
  const { parentRunId, parent, stepId } = run;
  return {
    runId: id,
    inputs,
    event: { ...event, inputs, spaceId },
    execution: {
      id,
      isTestRun,
      startedAt: createdAt,
      executedBy: run.username,
      triggeredBy: run.triggeredBy,
      compositionDepth: parent?.depth ?? 0,
      ...addressed('url', urls, { path: `/app/workflows/executions/${id}`, spaceId }),
    },
    ...addressed('kibanaUrl', urls, { path: '', spaceId }),
    ...(run.isDryRun === true ? { isDryRun: true } : {}),
    ...(stepId === undefined ? {} : { tested: { stepId, context } }),
    workflow: { id: workflowId ?? '', name: workflowName, enabled: true, spaceId },
    ...(metadata === undefined ? {} : { metadata }),
    ...(parent === undefined
      ? {}
      : {
          parent: {
            workflowId: parent.workflowId,
            parentWorkflowId: parent.workflowId,
            executionId: parentRunId,
            depth: parent.depth - 1,
          },
        }),
    startedAt: Date.parse(createdAt),
  };
}

/** A member with an address. None: the server does not know its own address. */
function addressed<K extends string>(
  name: K,
  urls: PublicUrls,
  { path, spaceId }: { readonly path: string; readonly spaceId: string },
): { readonly [P in K]?: string } {
  if (urls.publicBaseUrl === undefined) return {};
  return { [name]: urls.publicUrl(path, spaceId) } as { readonly [P in K]: string };
}
