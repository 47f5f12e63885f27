export { RunStatusBadge } from './run_status_badge.tsx';
export { isFinished, type RunStatus, runStatusWords } from './run_status_words.ts';
export { RUN_TRIGGERS, useTriggerName } from './trigger_names.ts';
