import type { StoreLocation } from '@latchkey/test-environment';
import type { Distribution } from '../measure/statistics.ts';
import type { RequestFigures } from '../measure/store_requests.ts';

/** Requests to the process that runs workflows. */
export type RunnerInput =
  /** Starts the server. The response is its URL. */
  | { readonly do: 'start'; readonly location: StoreLocation; readonly settings: object }
  /** The response are {@link RunnerFigures} since the last request of this kind. */
  | { readonly do: 'figures' }
  /** The response are the {@link RunnerCounts} so far. Does not reset them. */
  | { readonly do: 'counts' }
  /** Starts a CPU profile. */
  | { readonly do: 'profile' }
  /** Ends the CPU profile. The response is the profile. */
  | { readonly do: 'profiled' }
  /** Stores this many copies of an ended run. */
  | { readonly do: 'fill'; readonly count: number };

/** Numbers of runs and writes of a process. */
export interface RunnerCounts {
  readonly started: number;
  readonly ended: number;
  /** Runs that ended in another state than completed. */
  readonly notCompleted: number;
  readonly waits: number;
  /** Runs taken over from another process. */
  readonly takenOver: number;
  /** Written documents of runs and journals. */
  readonly writes: number;
}

/** Counts and times of a process. Times are in milliseconds. */
export interface RunnerFigures extends RunnerCounts {
  /** Reason of the last run that did not complete. Empty: none. */
  readonly failure: string;
  readonly cpuMs: number;
  /** Calls of the store by operation and type. */
  readonly calls: Readonly<Record<string, number>>;
  /** Requests to Elasticsearch by operation. Empty: another store. */
  readonly requests: Readonly<Record<string, RequestFigures>>;
  /** After a garbage collection. */
  readonly heapMb: number;
  /** From the request to the first ended step. */
  readonly firstStep: Distribution;
  /** From the end of a wait to its continuation. */
  readonly timerLateness: Distribution;
}
