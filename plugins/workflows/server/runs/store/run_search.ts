import { type Filter, filter } from '@latchkey/saved-objects';

/** Conditions of a list of runs. Absent conditions are not applied. */
export interface RunSearch {
  readonly spaceId: string;
  readonly workflowIds?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly usernames?: readonly string[] | undefined;
  readonly triggeredBy?: readonly string[] | undefined;
  readonly profileUid?: string | undefined;
  readonly parentRunId?: string | undefined;
  /** Limits of the time at which the run was created, both inclusive. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Converts the conditions to a filter of the repository. */
export function filterOf({ spaceId, ...search }: RunSearch): Filter {
  const { workflowIds, statuses, usernames, triggeredBy, profileUid, from, to } = search;
  const { parentRunId } = search;
  const oneOf = (field: string, values: readonly string[] | undefined) =>
    values === undefined ? [] : [filter.isOneOf(field, values)];
  return filter.and(
    filter.equals('spaceId', spaceId),
    ...oneOf('workflowId', workflowIds),
    ...oneOf('status', statuses),
    ...oneOf('username', usernames),
    ...oneOf('triggeredBy', triggeredBy),
    ...oneOf('parentRunId', parentRunId === undefined ? undefined : [parentRunId]),
    ...oneOf('profileUid', profileUid === undefined ? undefined : [profileUid]),
    ...(from === undefined ? [] : [filter.after('createdAt', new Date(from.getTime() - 1))]),
    ...(to === undefined ? [] : [filter.before('createdAt', new Date(to.getTime() + 1))]),
  );
}
