/** Sizes and durations of a growth measurement. */
export interface GrowthPlan {
  /** Numbers of stored tokens, ascending. Each has its own data set and server. */
  readonly sizes: readonly number[];
  /** Numbers of connectors in one space, ascending. */
  readonly connectors: readonly number[];
  /** Numbers of server processes on one store. */
  readonly processes: readonly number[];
  /** Turns of every target of a group. Many short turns average out other work of the machine. */
  readonly rounds: number;
  readonly readRounds: number;
  /** Seconds of one turn at full load. */
  readonly saturatedSeconds: number;
  /** Seconds of one turn at the fixed rate. */
  readonly pacedSeconds: number;
  /** Executions that start in each second at the fixed rate. */
  readonly perSecond: number;
  /** Number of concurrent callers at full load. */
  readonly atOnce: number;
  /** Seconds of one turn of a list. */
  readonly listSeconds: number;
}

/**
 * The full plan. It takes half an hour with both stores on two cores, most of it for filling the
 * stores.
 */
export const FULL_GROWTH: GrowthPlan = {
  sizes: [10, 1_000, 100_000, 1_000_000],
  connectors: [10, 1_000, 10_000],
  processes: [1, 2, 4],
  rounds: 16,
  readRounds: 15,
  saturatedSeconds: 1,
  pacedSeconds: 2,
  perSecond: 150,
  atOnce: 16,
  listSeconds: 3,
};

/** A short plan, which takes some minutes, to see the effect of a change. */
export const QUICK_GROWTH: GrowthPlan = {
  ...FULL_GROWTH,
  sizes: [10, 1_000, 10_000],
  connectors: [10, 1_000],
  processes: [1, 2],
  rounds: 6,
  readRounds: 6,
  listSeconds: 1,
};
