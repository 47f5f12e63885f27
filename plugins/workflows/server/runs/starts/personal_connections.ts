import type { StoredWorkflow } from '../../workflows/index.ts';
import type { RunAttributes } from '../store/run_types.ts';

/** Tells if a user started a run by hand, and if its steps may use the accounts of its user. */
export type Attendance = Pick<RunAttributes, 'isUnattended' | 'refusesPersonalConnections'>;

/** The user and the API key as which a run acts. */
type RunUser = Pick<RunAttributes, 'profileUid' | 'apiKeyId'>;

/**
 * Returns `true` if the user of a run is the author of a workflow. A workflow that was saved with
 * an API key counts as own only for runs with the same key, because a key can have fewer privileges
 * than its owner.
 */
export function isOwnWorkflow(
  { runsAs }: Pick<StoredWorkflow, 'runsAs'>,
  { profileUid, apiKeyId }: RunUser,
): boolean {
  const hasOwnRights = runsAs.apiKeyId === null || runsAs.apiKeyId === apiKeyId;
  return runsAs.profileUid === profileUid && hasOwnRights;
}

/**
 * The attendance of a run that an event or a step of another run starts, as the user of that other
 * run. If no user has started that run by hand, only workflows that its user saved may use the
 * accounts of the user. Otherwise the author of a workflow could use the accounts of another user,
 * who has never seen the workflow.
 */
export function attendanceOf(
  workflow: Pick<StoredWorkflow, 'runsAs'>,
  { isUnattended, refusesPersonalConnections, ...run }: Attendance & RunUser,
): Attendance {
  if (isUnattended !== true) return {};
  const isRefused = refusesPersonalConnections === true || !isOwnWorkflow(workflow, run);
  return { isUnattended, ...(isRefused ? { refusesPersonalConnections: true } : {}) };
}
