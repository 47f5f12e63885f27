export { type FailureActor, type RunErrorWords, runErrorWords } from './error_words.ts';
export {
  type CurrentStep,
  elapsedMs,
  type ListedRun,
  type RunDetails,
  type RunError,
  type RunWait,
  type ScopeFrame,
  type StepRun,
  waitsForUser,
} from './execution.ts';
export { pollDelay } from './poll_delay.ts';
export { runPaths } from './run_paths.ts';
export {
  attentionQuery,
  childrenQuery,
  comparedRunQuery,
  type RunFilter,
  runKeys,
  runQuery,
  runsQuery,
  runValuesQuery,
  stepQuery,
} from './run_queries.ts';
export { useDurationText } from './use_duration_text.ts';
export { useNow } from './use_now.ts';
