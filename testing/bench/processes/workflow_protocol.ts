import type { StoreLocation } from '@latchkey/test-environment';
import type { Distribution } from '../measure/statistics.ts';
import type { RequestFigures } from '../measure/store_requests.ts';

/** Requests to the process that runs workflows. */
export type RunnerInput =
  /** Starts the server. The response is its URL. */
  | { readonly do: 'start'; readonly location: StoreLocation; readonly settings: object }
  /** Returns the {@link RunnerFigures} since the last request of this kind. */
  | { readonly do: 'figures' }
  /** Returns the {@link RunnerCounts} so far and does not reset them. */
  | { readonly do: 'counts' }
  /** Starts a CPU profile. */
  | { readonly do: 'profile' }
  /** Ends the CPU profile and returns it. */
  | { readonly do: 'profiled' }
  /** Stores this many copies of a run that has ended. */
  | { readonly do: 'fill'; readonly count: number };

/** Numbers of runs and writes of a process. */
export interface RunnerCounts {
  readonly started: number;
  readonly ended: number;
  /** Number of runs that ended in a state other than `completed`. */
  readonly notCompleted: number;
  readonly waits: number;
  /** Number of runs that this process has taken over from another one. */
  readonly takenOver: number;
  /** Number of written documents of runs and journals. */
  readonly writes: number;
}

/** Counts and times of a process. Times are in milliseconds. */
export interface RunnerFigures extends RunnerCounts {
  /** Why the last failed run failed. Empty: no run failed. */
  readonly failure: string;
  readonly cpuMs: number;
  /** Calls of the store by operation and type. */
  readonly calls: Readonly<Record<string, number>>;
  /** Requests to Elasticsearch by operation. Empty: the store is not Elasticsearch. */
  readonly requests: Readonly<Record<string, RequestFigures>>;
  /** Live heap in MB, after a garbage collection. */
  readonly heapMb: number;
  /** Milliseconds from the request to the end of the first step. */
  readonly firstStep: Distribution;
  /** Milliseconds from the end of a wait to the continuation of its run. */
  readonly timerLateness: Distribution;
}
