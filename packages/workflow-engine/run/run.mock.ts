import {
  type ConnectorAction,
  compileWorkflow,
  StepRegistry,
  validateWorkflow,
} from '@latchkey/workflow-language';
import { vi } from 'vitest';
import type { PatternMatcher } from '../data_steps/pattern_matcher.ts';
import { searchTexts } from '../data_steps/search_texts.ts';
import { StepFailure } from '../failures/step_failure.ts';
import { directRenderer } from '../templates/direct_renderer.mock.ts';
import { isDerived } from './flow_records.ts';
import type { RunFacts } from './run_facts.ts';
import { MemoryJournal, type OpenStep, type RunRecord, type StepRecord } from './run_journal.ts';
import type { RunOutcome } from './run_outcome.ts';
import type { CallResult, ChildState, RunPorts, StepCall } from './run_ports.ts';
import type { TestedStep } from './tested_step.ts';
import { WorkflowRun } from './workflow_run.ts';

/** Instant at which runs of tests start, in milliseconds since 1970. */
export const START_MS = Date.UTC(2026, 0, 1);

const action = (name: string, scope: ConnectorAction['scope']): ConnectorAction => ({
  connectorTypeId: '.files',
  connectorTypeName: 'Files',
  name,
  description: 'For tests.',
  scope,
  input: { type: 'object', additionalProperties: true },
});

/** Registry with the built-in steps, `files.list` (reads) and `files.create` (writes). */
export const registry = new StepRegistry([action('list', 'read'), action('create', 'write')]);

/** Inputs and services of a test run. */
export interface RunOptions {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly event?: Readonly<Record<string, unknown>>;
  /** Responds to calls. Default: the output of a call is its input. */
  readonly call?: (call: StepCall, signal: AbortSignal) => CallResult | Promise<CallResult>;
  /** Default: no call sends its idempotency key. */
  readonly sendsKey?: (call: StepCall) => boolean;
  /** Default: false. */
  readonly isDryRun?: boolean;
  /** The only step to execute. Default: all are executed. */
  readonly tested?: TestedStep;
  readonly child?: (inputs: Readonly<Record<string, unknown>>) => ChildState;
  /** Called twice for each commit: before and after it stores the records. */
  readonly onCommit?: (when: 'before' | 'after') => void;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  readonly maxSteps?: number;
  readonly maxRecordCharacters?: number;
  /** Called before each step. */
  readonly beginTurn?: () => void;
  /** Records with which the run begins. */
  readonly records?: readonly RunRecord[];
}

/** A run that can be executed again after a wait or a crash. */
export class TestRun {
  /** Current time in milliseconds since 1970. Sleeps advance it. */
  now = START_MS;
  readonly calls: StepCall[] = [];
  readonly children: { readonly workflowId: string; readonly inputs: unknown }[] = [];
  readonly cancelledChildren: string[] = [];
  readonly logged: unknown[] = [];
  readonly program;
  readonly #options: RunOptions;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  #journal: MemoryJournal;
  /** Records that are stored. All others are lost in {@link crash}. */
  #stored: readonly RunRecord[] = [];

  constructor(yaml: string, options: RunOptions = {}) {
    const { valid, diagnostics, document } = validateWorkflow(yaml, { registry });
    if (!valid)
      throw new Error(diagnostics.map(({ message, line }) => `${line}: ${message}`).join());
    this.program = compileWorkflow(document, registry);
    this.#options = options;
    this.#journal = new MemoryJournal(options.records);
  }

  /** Facts that do not change during the run. */
  get facts(): RunFacts {
    return {
      runId: 'run-1',
      inputs: this.#options.inputs ?? {},
      event: this.#options.event ?? {},
      execution: { id: 'run-1', isTestRun: false },
      workflow: { id: 'wf-1', name: this.program.name, spaceId: 'default' },
      startedAt: START_MS,
      ...(this.#options.isDryRun === true ? { isDryRun: true } : {}),
      ...(this.#options.tested === undefined ? {} : { tested: this.#options.tested }),
    };
  }

  /** All records, in the form in which a store returns them. */
  get records(): readonly RunRecord[] {
    return JSON.parse(JSON.stringify(this.#journal.records));
  }

  /** Executes the run until it ends or waits. */
  async execute(
    signal = this.#options.signal ?? new AbortController().signal,
  ): Promise<RunOutcome> {
    const run = new WorkflowRun(this.program, this.facts, this.#ports());
    // The stopwatch is stopped: how often a run lets other work run would otherwise depend on the
    // speed of the machine.
    const stopwatch = vi.spyOn(performance, 'now').mockReturnValue(0);
    try {
      const outcome = await run.execute(signal);
      await this.commit();
      return outcome;
    } finally {
      stopwatch.mockRestore();
    }
  }

  /** Stores all records. */
  async commit(): Promise<void> {
    this.#options.onCommit?.('before');
    this.#stored = this.#journal.records;
    this.#options.onCommit?.('after');
  }

  /**
   * Simulates a crash: forgets records that were not stored, and reads the others as from a store.
   */
  crash(): void {
    this.#journal = new MemoryJournal(JSON.parse(JSON.stringify(this.#stored)));
  }

  /** Adds a record that does not come from the run itself, such as a response. */
  add(key: string, value: unknown): void {
    this.#journal.add({ kind: 'value', key, value });
  }

  /** `key status` of each ended step that has its own result, in the order of their ends. */
  get trace(): readonly string[] {
    return this.steps
      .filter((step) => !isDerived(step))
      .map(({ key, status }) => `${key} ${status}`);
  }

  /** Enclosing steps, such as loops, that have begun and not ended. */
  get open(): readonly OpenStep[] {
    return this.#journal.open;
  }

  /** Records of ended steps, in the order of their ends. */
  get steps(): readonly StepRecord[] {
    return this.#journal.records.filter((record) => record.kind === 'step');
  }

  /** Output of the last execution of a step. */
  output(name: string): unknown {
    return this.steps.findLast((step) => step.name === name && !isDerived(step))?.output;
  }

  #ports(): RunPorts {
    const { call, child, maxSteps, maxRecordCharacters, beginTurn } = this.#options;
    const { random = () => 0.5, sendsKey = () => false } = this.#options;
    const journal = this.#journal;
    return {
      ...(maxSteps === undefined ? {} : { maxSteps }),
      ...(maxRecordCharacters === undefined ? {} : { maxRecordCharacters }),
      ...(beginTurn === undefined ? {} : { beginTurn }),
      journal: {
        earlier: journal.records,
        find: (key) => journal.find(key),
        add: (record) => journal.add(record),
        begin: (step) => journal.begin(step),
        commit: () => this.commit(),
      },
      ...computing,
      clock: {
        now: () => this.now,
        sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
      },
      random,
      call: async (request, signal) => {
        this.calls.push(request);
        return (await call?.(request, signal)) ?? { kind: 'completed', output: request.input };
      },
      sendsKey: async (request) => sendsKey(request),
      children: {
        start: async ({ key, workflowId, inputs }) => {
          this.children.push({ workflowId, inputs });
          return {
            runId: `child:${key}`,
            workflowId,
            startedAt: new Date(this.now).toISOString(),
          };
        },
        state: async () => child?.({}) ?? { kind: 'running' },
        cancel: async (runId) => {
          this.cancelledChildren.push(runId);
        },
      },
      log: (message) => this.logged.push(message),
    };
  }

  /**
   * Sleeps without real time. The sleep that ends next ends when nothing else happens, and advances
   * the clock.
   */
  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = { until: this.now + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      if (this.#sleepers.size === 1) setImmediate(() => this.#wakeNext());
    });
  }

  #wakeNext(): void {
    const [next] = [...this.#sleepers].sort((one, other) => one.until - other.until);
    if (next === undefined) return;
    this.#sleepers.delete(next);
    this.now = Math.max(this.now, next.until);
    next.wake();
    if (this.#sleepers.size > 0) setImmediate(() => this.#wakeNext());
  }
}

/** Runs patterns in this process. Those of tests end. */
const direct: PatternMatcher = {
  match: async (request) => {
    const reply = searchTexts(request);
    if (reply.kind === 'failed') throw new StepFailure(reply.type, reply.message);
    return reply.result;
  },
};

/** Ports for patterns and templates that compute in this process. */
export const computing = { patterns: direct, templates: directRenderer };

/**
 * Creates a workflow from the YAML of its steps. The workflow has the inputs `list`, `value`,
 * `query` and `pageSize`.
 */
export const workflow = (steps: string, top = ''): string =>
  `name: test\ntriggers:\n  - type: manual\n    inputs: { properties: { list: {}, value: {}, query: {}, pageSize: {} } }\n${top}\nsteps:\n${steps
    .replace(/^\n/, '')
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
