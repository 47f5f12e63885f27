export { measureJson } from './data_steps/json_size.ts';
export type {
  PatternMatcher,
  PatternRequest,
  PatternResult,
} from './data_steps/pattern_matcher.ts';
export type { SchemaMismatch, SchemaRequest } from './data_steps/pattern_work.ts';
export {
  hasProcessFailed,
  PATTERN_PROCESS_FAILED,
  type UserPatterns,
  WorkerPatternMatcher,
} from './data_steps/worker_pattern_matcher.ts';
export { type StepError, StepFailure } from './failures/step_failure.ts';
export { compareFixture, type FixtureDifference } from './fixture/compare_fixture.ts';
export { type RecordedRun, recordFixture } from './fixture/record_fixture.ts';
export { type ReplayedRun, replayFixture } from './fixture/replay_fixture.ts';
export type { FixtureStep, WorkflowFixture } from './fixture/workflow_fixture.ts';
export type { LimitedWorkerOptions, WorkerEnd } from './processes/limited_worker.ts';
export { serveRequests, type WorkerReply } from './processes/serve_requests.ts';
export {
  type SharedRequestOptions,
  SharedWorkers,
  type SharedWorkersOptions,
} from './processes/shared_workers.ts';
export { changedSteps } from './retry/changed_steps.ts';
export { failurePoints } from './retry/failure_points.ts';
export { type EndedRun, type RetryPoint, reusableRecords } from './retry/reusable_records.ts';
export {
  RunCancelled,
  RunLimitReached,
  type RunWait,
  StepsWait,
} from './run/interruptions.ts';
export { type HumanResponse, responseKey } from './run/pause_steps.ts';
export { firstAttempt } from './run/record_keys.ts';
export type { RunFacts } from './run/run_facts.ts';
export {
  type CallTimings,
  MemoryJournal,
  type OpenStep,
  type RunJournal,
  type RunRecord,
  type ScopeFrame,
  type StepRecord,
  type StepStatus,
  type ValueRecord,
} from './run/run_journal.ts';
export type { RunEnd, RunOutcome } from './run/run_outcome.ts';
export type { CallResult, ChildState, RunPorts, StepCall } from './run/run_ports.ts';
export { stepNamed, type TestedStep } from './run/tested_step.ts';
export { WorkflowRun } from './run/workflow_run.ts';
export type {
  RenderedTemplate,
  TemplateRenderer,
  TemplateRequest,
} from './templates/template_renderer.ts';
export { TextRenderer } from './templates/text_renderer.ts';
export {
  TEMPLATE_PROCESS_FAILED,
  WorkerTemplateRenderer,
} from './templates/worker_template_renderer.ts';
