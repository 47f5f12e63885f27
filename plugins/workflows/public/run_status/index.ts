export { RunStatusBadge } from './run_status_badge.tsx';
export { isFinished, type RunStatus, runStatusWords } from './run_status_words.ts';
export { RUN_TRIGGERS, SCHEDULED_RUNS_FAIL, useTriggerName } from './trigger_names.ts';
