export type { ChaosSettings } from './chaos_settings.ts';
export { sliceOf } from './check/check_history.ts';
export type { Violation } from './check/history_index.ts';
export type { ChaosFailure } from './harness/chaos_run.ts';
export type { ChaosResult } from './harness/run_chaos.ts';
export { runChaos } from './harness/run_chaos.ts';
export type { Combination, SeedRun, SeedTotals } from './harness/run_seeds.ts';
export { runSeeds, totalsOf } from './harness/run_seeds.ts';
export { MUTATIONS, type Mutation } from './mutation.ts';
