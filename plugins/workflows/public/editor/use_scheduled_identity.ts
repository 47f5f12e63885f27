import { useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { preflightWorkflow } from '../../common/index.ts';
import { waitsForUser } from '../run_dialog/index.ts';
import { type Workflow, workflowKeys } from '../workflow_data/index.ts';
import type { ScheduledIdentity } from './scheduled_identity.tsx';

const NONE: readonly never[] = [];

/**
 * As whom the schedules of a workflow act.
 * @param options.isScheduled `true`: the text in the editor has a schedule
 * @param options.willSave `true`: the user may save the text, and it has changed
 */
export function useScheduledIdentity(options: {
  /** `undefined`: it is not saved yet. */
  readonly workflow: Workflow | undefined;
  readonly isScheduled: boolean;
  readonly willSave: boolean;
}): ScheduledIdentity {
  const { workflow, isScheduled, willSave } = options;
  const { http, boot } = useCore();
  const { id = '', version = '', runsAs } = workflow ?? {};
  const { data } = useQuery({
    queryKey: workflowKeys.scheduledPreflight(id, version),
    queryFn: ({ signal }) =>
      http.call(preflightWorkflow, { body: { workflowId: id, trigger: 'scheduled' }, signal }),
    enabled: runsAs !== undefined,
    gcTime: 0,
    // That user may have connected meanwhile.
    refetchOnWindowFocus: true,
  });
  return {
    now: data?.runsAs ?? runsAs,
    isRefused: data?.userMayRun === false,
    afterSaving: isScheduled && willSave ? boot.user.username : undefined,
    notConnected:
      data?.connectors.filter(waitsForUser).map(({ name, reference }) => name ?? reference) ?? NONE,
  };
}
