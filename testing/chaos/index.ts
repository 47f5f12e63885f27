export { sliceOf } from './check/check_history.ts';
export type { Violation } from './check/history_index.ts';
export type { ChaosFailure } from './harness/chaos_run.ts';
export type { ChaosResult } from './harness/run_chaos.ts';
export { runChaos } from './harness/run_chaos.ts';
export type { Combination, SeedRun, SeedTotals } from './harness/run_seeds.ts';
export { runSeeds, totalsOf } from './harness/run_seeds.ts';
export type { ChaosSettings } from './plan/chaos_settings.ts';
export { MUTATIONS, type Mutation } from './plan/protocol.ts';
