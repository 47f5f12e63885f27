import type { StoredWorkflow } from '../../workflows/index.ts';
import type { RunAttributes } from '../store/run_types.ts';

/** How a run was started, and whether its steps may use the accounts of its user. */
export type Attendance = Pick<RunAttributes, 'isUnattended' | 'refusesPersonalConnections'>;

/** The user, and the API key, that a run acts as. */
type RunUser = Pick<RunAttributes, 'profileUid' | 'apiKeyId'>;

/**
 * Tells if the user of a run is the author of a workflow. A workflow saved with an API key is that
 * of the same key only: a key can have fewer privileges than its owner.
 */
export function isOwnWorkflow(
  { runsAs }: Pick<StoredWorkflow, 'runsAs'>,
  { profileUid, apiKeyId }: RunUser,
): boolean {
  const hasOwnRights = runsAs.apiKeyId === null || runsAs.apiKeyId === apiKeyId;
  return runsAs.profileUid === profileUid && hasOwnRights;
}

/**
 * The attendance of a run that an event or a step of another run starts, as the user of that run.
 * When nobody has started it by hand, the author of the workflow would decide what is done with the
 * accounts of another user, who has not seen the workflow. So only the user's own workflows may use
 * them.
 */
export function attendanceOf(
  workflow: Pick<StoredWorkflow, 'runsAs'>,
  { isUnattended, refusesPersonalConnections, ...run }: Attendance & RunUser,
): Attendance {
  if (isUnattended !== true) return {};
  const isRefused = refusesPersonalConnections === true || !isOwnWorkflow(workflow, run);
  return { isUnattended, ...(isRefused ? { refusesPersonalConnections: true } : {}) };
}
