import type { StoredWorkflow } from '../../workflows/index.ts';
import type { RunAttributes } from '../store/run_types.ts';

/** How a run was started, and whether its steps may use the accounts of its user. */
export type Attendance = Pick<RunAttributes, 'isUnattended' | 'refusesPersonalConnections'>;

/**
 * The attendance of a run that an event or a step of another run starts, as the user of that run.
 * When nobody has started it by hand, the author of the workflow would decide what is done with the
 * accounts of another user, who has not seen the workflow. So only the user's own workflows may use
 * them.
 */
export function attendanceOf(
  { runsAs }: Pick<StoredWorkflow, 'runsAs'>,
  {
    profileUid,
    isUnattended,
    refusesPersonalConnections,
  }: Attendance & Pick<RunAttributes, 'profileUid'>,
): Attendance {
  if (isUnattended !== true) return {};
  const isRefused = refusesPersonalConnections === true || runsAs.profileUid !== profileUid;
  return { isUnattended, ...(isRefused ? { refusesPersonalConnections: true } : {}) };
}
