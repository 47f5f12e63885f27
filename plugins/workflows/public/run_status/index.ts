export { RunStatusBadge } from './run_status_badge.tsx';
export { isFinished, type RunStatus, runStatusWords } from './run_status_words.ts';
