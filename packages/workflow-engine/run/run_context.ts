import {
  evaluateRendered,
  isRecord,
  type ProgramStep,
  parseDuration,
  type TemplateContext,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import { measureJson } from '../data_steps/json_size.ts';
import { failureOf, StepFailure } from '../failures/step_failure.ts';
import { TextRenderer } from '../templates/text_renderer.ts';
import { CallSlots } from './call_slots.ts';
import { RunLimitReached, StepsWait, TimeLimitReached } from './interruptions.ts';
import type { RunFacts } from './run_facts.ts';
import type { StepRecord } from './run_journal.ts';
import type { Flow } from './run_outcome.ts';
import type { RunPorts } from './run_ports.ts';
import type { Scope, StepPlace } from './scope.ts';

/** Maximum characters of one record. The stores refuse much larger documents. */
const MAX_VALUE_CHARACTERS = 64_000_000;
/** Milliseconds of computing after which a run lets other work of the process run. */
const TURN_MS = 10;
/** Maximum number of steps, iterations and repetitions of one run, so that endless loops end. */
const MAX_STEPS = 100_000;
/** Maximum characters of all records of one run, which are in memory while it is executed. */
const MAX_RECORD_CHARACTERS = 100_000_000;
/** Calls of services of one run that are in progress, however its branches are nested. */
const MAX_CALLS = 20;
/** A longer wait is a mistake, and its end may have no date. */
const MAX_DURATION_MS = 10 * 366 * 86_400_000;
/** Maximum milliseconds of a wait in memory. For longer waits, the run leaves memory. */
const MAX_WAIT_IN_MEMORY_MS = 5_000;

/** The part of a run that its steps use: values, decisions and waits. */
export abstract class RunContext {
  readonly program: WorkflowProgram;
  readonly facts: RunFacts;
  readonly ports: RunPorts;
  readonly texts: TextRenderer;
  readonly calls = new CallSlots(MAX_CALLS);
  #turnStartedAt = performance.now();
  /**
   * Number of executed steps, iterations and repetitions. In a continued run, those with recorded
   * results count again.
   */
  #turns = 0;
  #recordedCharacters = 0;

  constructor(program: WorkflowProgram, facts: RunFacts, ports: RunPorts) {
    this.program = program;
    this.facts = facts;
    this.ports = ports;
    const { liquid, timezone } = program.settings;
    const { templates, isNeverDirect = false } = ports;
    this.texts = new TextRenderer({ limits: liquid, timezone, isNeverDirect }, templates);
  }

  /** Executes steps one after the other. */
  abstract block(steps: readonly ProgramStep[], scope: Scope): Promise<Flow>;

  /**
   * Called before each step, iteration and repetition. Lets other work of the process run if this
   * run has computed for a while.
   * @throws RunLimitReached; the error of `beginTurn` of the ports; the reason of the signal when
   *   the run has to end, unless a time limit is the reason: a time limit only stops steps without
   *   a result
   */
  async nextTurn({ signal }: Pick<Scope, 'signal'>): Promise<void> {
    const { maxSteps = MAX_STEPS } = this.ports;
    this.#turns += 1;
    if (this.#turns > maxSteps)
      throw new RunLimitReached(
        'StepLimitReached',
        `The run executed more than ${maxSteps} steps.`,
      );
    this.texts.beginStep();
    await this.#letOthersRun();
    if (signal.aborted && !(signal.reason instanceof TimeLimitReached)) signal.throwIfAborted();
    this.ports.beginTurn?.();
  }

  /** Lets other work of the process run if this run has computed for a while. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#turnStartedAt < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnStartedAt = performance.now();
  }

  /**
   * Counts the variables that were given to the run, and the records of earlier executions, because
   * the limit applies to all executions of the run together.
   * @throws RunLimitReached
   */
  async countEarlier(): Promise<void> {
    if (this.facts.tested !== undefined) this.#count(this.facts.tested.context);
    for (const record of this.ports.journal.earlier ?? []) {
      this.#count(record.kind === 'value' ? record.value : record);
      await this.#letOthersRun();
    }
  }

  /**
   * Computes a value and records it. A continued run reads the value, or the failure to compute it,
   * from the journal.
   * @throws StepFailure if the computation throws it
   */
  decide<T>(key: string, compute: () => T): T {
    const known = this.#known<T>(key);
    if (known !== undefined) return known.value;
    try {
      return this.#keep(key, compute());
    } catch (error) {
      throw this.#keepFailure(key, error);
    }
  }

  /**
   * Like {@link decide}, for a value that may take long to compute.
   * @throws StepFailure if the computation throws it
   */
  async decideLater<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#known<T>(key);
    if (known !== undefined) return known.value;
    try {
      return this.#keep(key, await compute());
    } catch (error) {
      throw this.#keepFailure(key, error);
    }
  }

  /**
   * Recorded value of a key. `undefined`: nothing is recorded.
   * @throws StepFailure if a failure is recorded
   */
  #known<T>(key: string): { readonly value: T } | undefined {
    const known = this.ports.journal.find(key);
    if (known?.kind !== 'value') return undefined;
    if (known.error === undefined) return { value: known.value as T };
    const { type, message, details } = known.error;
    throw new StepFailure(type, message, details);
  }

  #keep<T>(key: string, value: T): T {
    this.#count(value);
    this.ports.journal.add({ kind: 'value', key, value });
    return value;
  }

  #keepFailure(key: string, error: unknown): unknown {
    if (error instanceof StepFailure)
      this.ports.journal.add({ kind: 'value', key, value: null, error: error.error });
    return error;
  }

  /** Recorded value of a key. `undefined`: nothing is recorded. */
  decided(key: string): unknown {
    const known = this.ports.journal.find(key);
    return known?.kind === 'value' ? known.value : undefined;
  }

  /** Variables that templates can read at the top level. */
  context(scope: Scope): TemplateContext {
    const { facts, program, ports } = this;
    return {
      inputs: facts.inputs,
      event: facts.event,
      consts: program.consts,
      steps: scope.branch.steps,
      variables: scope.branch.variables,
      execution: facts.execution,
      workflow: facts.workflow,
      parent: facts.parent,
      metadata: facts.metadata,
      kibanaUrl: facts.kibanaUrl,
      now: new Date(ports.clock.now()),
      ...scope.bindings,
    };
  }

  /**
   * Renders a value.
   * @throws StepFailure `TemplateError`
   */
  async render(value: unknown, scope: Scope): Promise<unknown> {
    try {
      return await this.texts.values(value, this.context(scope));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /**
   * Renders a text. If the text is a single `{{ }}`, the result keeps its type.
   * @throws StepFailure `TemplateError`
   */
  async evaluate(text: string, scope: Scope): Promise<unknown> {
    try {
      return await this.texts.text(text, this.context(scope), true);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /**
   * Evaluates a condition.
   * @throws StepFailure `InvalidCondition`, `TemplateError`
   */
  async test(condition: unknown, scope: Scope): Promise<boolean> {
    const context = this.context(scope);
    try {
      const value = await this.texts.text(condition, context);
      return evaluateRendered(value, context, this.ports.clock.now());
    } catch (error) {
      throw failureOf(error);
    }
  }

  /**
   * Renders a duration. Resolves to milliseconds.
   * @throws StepFailure `InvalidDuration`
   */
  async duration(value: unknown, scope: Scope): Promise<number> {
    const text = await this.render(value, scope);
    const milliseconds = typeof text === 'string' ? parseDuration(text.trim()) : undefined;
    if (milliseconds === undefined)
      throw new StepFailure(
        'InvalidDuration',
        `Invalid duration format: ${shown(text)} is not a text such as 1h30m, or is longer than ten years.`,
      );
    if (milliseconds > MAX_DURATION_MS)
      throw new StepFailure('InvalidDuration', 'The duration is longer than ten years.');
    return milliseconds;
  }

  /**
   * Waits until an instant. During short waits, the run stays in memory.
   * @param until milliseconds since 1970
   * @throws StepsWait for a longer wait; the reason of the signal when it is aborted
   */
  async waitUntil(until: number, stepKey: string, scope: Scope): Promise<void> {
    const { clock } = this.ports;
    const leftMs = until - clock.now();
    if (leftMs <= 0) return;
    if (leftMs <= MAX_WAIT_IN_MEMORY_MS) return clock.sleep(leftMs, scope.signal);
    scope.signal.throwIfAborted();
    const wakeAt = Math.min(until, scope.deadline ?? until);
    throw new StepsWait([{ kind: 'time', stepKey, wakeAt }]);
  }

  /**
   * Records the end of a step. Called once for each execution of a step.
   * @throws RunLimitReached when the run has too many records
   */
  record(
    step: Pick<ProgramStep, 'name' | 'type'>,
    { scope, key }: StepPlace,
    result: Pick<StepRecord, 'status' | 'startedAt'> &
      Partial<{
        [K in 'input' | 'output' | 'error' | 'failedStep' | 'timings']: StepRecord[K] | undefined;
      }>,
  ): StepRecord {
    const { input, output, error, failedStep, timings, ...rest } = result;
    const shown = isRecord(input) ? (input['with'] ?? input) : undefined;
    const record: StepRecord = {
      kind: 'step',
      key,
      name: step.name,
      type: step.type,
      scopes: scope.frames,
      ...rest,
      finishedAt: this.now(),
      ...(shown === undefined ? {} : { input: shown }),
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      ...(timings === undefined ? {} : { timings }),
      ...(failedStep === undefined ? {} : { failedStep }),
    };
    this.#count(record);
    this.ports.journal.add(record);
    return record;
  }

  /** Current time as an ISO instant. */
  now(): string {
    return new Date(this.ports.clock.now()).toISOString();
  }

  /**
   * Counts the characters of a record.
   * @throws RunLimitReached if there are too many
   */
  #count(value: unknown): void {
    const { maxRecordCharacters = MAX_RECORD_CHARACTERS } = this.ports;
    const left = maxRecordCharacters - this.#recordedCharacters;
    const { characters } = measureJson(value, { characters: left });
    this.#recordedCharacters += characters;
    if (characters > MAX_VALUE_CHARACTERS)
      throw new RunLimitReached(
        'RecordLimitReached',
        `A value of the run has more than ${MAX_VALUE_CHARACTERS} characters.`,
      );
    if (characters <= left) {
      this.ports.holdRecords?.(characters);
      return;
    }
    throw new RunLimitReached(
      'RecordLimitReached',
      `The inputs and outputs of the run have more than ${maxRecordCharacters} characters.`,
    );
  }
}

/** A rendered value for an error message: the beginning of a text, or the type. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `\`${value.slice(0, 50)}\``;
  return value === null || value === undefined ? 'nothing' : `a value of type ${typeof value}`;
}
