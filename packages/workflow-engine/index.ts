export type {
  PatternMatcher,
  PatternRequest,
  PatternResult,
} from './data_steps/pattern_matcher.ts';
export { WorkerPatternMatcher } from './data_steps/worker_pattern_matcher.ts';
export { type StepError, StepFailure } from './failures/step_failure.ts';
export {
  Parked,
  RunCancelled,
  type RunWait,
} from './run/interruptions.ts';
export { type HumanResponse, responseKey } from './run/pause_steps.ts';
export type { RunFacts } from './run/run_facts.ts';
export {
  MemoryJournal,
  type RunJournal,
  type RunRecord,
  type ScopeFrame,
  type StepRecord,
  type StepStatus,
  type ValueRecord,
} from './run/run_journal.ts';
export type { RunEnd, RunOutcome } from './run/run_outcome.ts';
export type { CallResult, ChildState, RunPorts, StepCall } from './run/run_ports.ts';
export { WorkflowRun } from './run/workflow_run.ts';
export type {
  RenderedTemplate,
  TemplateRenderer,
  TemplateRequest,
} from './templates/template_renderer.ts';
export { WorkerTemplateRenderer } from './templates/worker_template_renderer.ts';
