import { type Filter, filter, type SortField } from '@latchkey/saved-objects';

/** Conditions of a list of runs. Absent conditions are not applied. */
export interface RunSearch {
  readonly spaceId: string;
  readonly workflowIds?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly usernames?: readonly string[] | undefined;
  readonly triggeredBy?: readonly string[] | undefined;
  readonly profileUid?: string | undefined;
  readonly parentRunId?: string | undefined;
  /** Rendered key of the concurrency group. */
  readonly concurrencyGroupKey?: string | undefined;
  /** Limits of the time at which the run was created, both inclusive. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Limits of the time at which the run began, both inclusive. */
  readonly startedFrom?: Date | undefined;
  readonly startedTo?: Date | undefined;
  /** Limits of the time at which the run ended, both inclusive. */
  readonly finishedFrom?: Date | undefined;
  readonly finishedTo?: Date | undefined;
  /** `true`: only test runs. `false`: only runs that are not tests. */
  readonly isTestRun?: boolean | undefined;
}

/** Order of a list of runs. Each field is indexed. */
export interface RunOrder extends SortField {
  readonly field: 'createdAt' | 'startedAt' | 'finishedAt' | 'workflowId' | 'triggeredBy';
}

/** Converts the conditions to a filter of the repository. */
export function filterOf({ spaceId, ...search }: RunSearch): Filter {
  const { workflowIds, statuses, usernames, triggeredBy, profileUid, from, to } = search;
  const { parentRunId, startedFrom, startedTo, finishedFrom, finishedTo, isTestRun } = search;
  const { concurrencyGroupKey } = search;
  const isTest = filter.equals('isTestRun', true);
  const oneOf = (field: string, values: readonly string[] | undefined) =>
    values === undefined ? [] : [filter.isOneOf(field, values)];
  const is = (field: string, value: string | undefined) =>
    value === undefined ? [] : [filter.equals(field, value)];
  return filter.and(
    filter.equals('spaceId', spaceId),
    ...oneOf('workflowId', workflowIds),
    ...oneOf('status', statuses),
    ...oneOf('username', usernames),
    ...oneOf('triggeredBy', triggeredBy),
    ...is('parentRunId', parentRunId),
    ...is('profileUid', profileUid),
    ...is('concurrencyGroupKey', concurrencyGroupKey),
    ...between('createdAt', from, to),
    ...between('startedAt', startedFrom, startedTo),
    ...between('finishedAt', finishedFrom, finishedTo),
    ...(isTestRun === undefined ? [] : [isTestRun ? isTest : filter.not(isTest)]),
  );
}

/** Conditions on a date. Both limits are inclusive. */
function between(field: string, from: Date | undefined, to: Date | undefined): readonly Filter[] {
  return [
    ...(from === undefined ? [] : [filter.after(field, shifted(from, -1))]),
    ...(to === undefined ? [] : [filter.before(field, shifted(to, 1))]),
  ];
}

/** First and last instant whose year has four digits. Stores compare dates as texts. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

function shifted(date: Date, milliseconds: number): Date {
  return new Date(Math.min(LAST_MS, Math.max(FIRST_MS, date.getTime() + milliseconds)));
}
