export { runErrorWords } from './error_words.ts';
export {
  elapsedMs,
  type ListedRun,
  type RunDetails,
  type RunError,
  type RunLogLine,
  type RunWait,
  type ScopeFrame,
  type StepRun,
} from './execution.ts';
export { MoreStepsButton } from './more_steps_button.tsx';
export { runPaths } from './run_paths.ts';
export {
  attentionQuery,
  childrenQuery,
  comparedRunQuery,
  LOG_PAGE_SIZE,
  type RunFilter,
  runKeys,
  runLogQuery,
  runQuery,
  runsQuery,
  runValuesQuery,
  stepQuery,
} from './run_queries.ts';
export { useDurationText } from './use_duration_text.ts';
export { bothSteps, useMoreSteps } from './use_more_steps.ts';
export { useNow } from './use_now.ts';
export { useStartedToast } from './use_started_toast.tsx';
