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

/** Characters of one record. The stores refuse much larger documents. */
const MAX_VALUE_CHARACTERS = 64_000_000;
/** Milliseconds of computing after which other work of the process gets a turn. */
const TURN_MS = 10;
/** Executed steps, iterations and repetitions of one run, so that nested loops end. */
const MAX_STEPS = 100_000;
/** Characters of all records of one run. They are in memory while it runs. */
const MAX_RECORD_CHARACTERS = 100_000_000;
/** Calls of services of one run that are in progress, however its branches are nested. */
const MAX_CALLS = 20;
/** A longer wait is a mistake, and its end may have no date. */
const MAX_DURATION_MS = 10 * 366 * 86_400_000;
/** Longer waits leave memory, in milliseconds. */
const MAX_WAIT_IN_MEMORY_MS = 5_000;

/** The part of a run that its steps use: values, decisions, waits. */
export abstract class RunContext {
  readonly program: WorkflowProgram;
  readonly facts: RunFacts;
  readonly ports: RunPorts;
  readonly texts: TextRenderer;
  readonly calls = new CallSlots(MAX_CALLS);
  #turnStartedAt = performance.now();
  /** Also of an interrupted run whose results are only read again. */
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
   * Begins a step, an iteration or a repetition. Lets other work of the process run when this run
   * has computed for a while.
   * @throws RunLimitReached; the reason of the signal when the run ends for another reason than a
   * time limit, which only stops what has no result yet; the error of `beginTurn` of the ports
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

  /** Lets other work of the process run when this run has computed for a while. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#turnStartedAt < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnStartedAt = performance.now();
  }

  /**
   * Counts the records of earlier executions, so that a wait does not begin the limit again.
   * @throws RunLimitReached
   */
  async countEarlier(): Promise<void> {
    for (const record of this.ports.journal.earlier ?? []) {
      this.#count(record.kind === 'value' ? record.value : record);
      await this.#letOthersRun();
    }
  }

  /**
   * Computes a value once. A continued run reads it, or the failure to compute it, from the
   * journal.
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
   * Does the same as {@link decide} with a value that may take long to compute.
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

  /** Undefined: nothing is recorded. @throws StepFailure that is recorded */
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

  /** The recorded value of a key. Undefined: none. */
  decided(key: string): unknown {
    const known = this.ports.journal.find(key);
    return known?.kind === 'value' ? known.value : undefined;
  }

  /** Roots of templates. */
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

  /** Renders a value. @throws StepFailure `TemplateError` */
  async render(value: unknown, scope: Scope): Promise<unknown> {
    try {
      return await this.texts.values(value, this.context(scope));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Evaluates a text of which one `{{ }}` keeps its type. @throws StepFailure `TemplateError` */
  async evaluate(text: string, scope: Scope): Promise<unknown> {
    try {
      return await this.texts.text(text, this.context(scope), true);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Evaluates a condition. @throws StepFailure `InvalidCondition`, `TemplateError` */
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
        'Invalid duration format: expected a text such as 1h30m.',
      );
    if (milliseconds > MAX_DURATION_MS)
      throw new StepFailure('InvalidDuration', 'The duration is longer than ten years.');
    return milliseconds;
  }

  /**
   * Waits until an instant. Short waits stay in memory.
   * @throws StepsWait for a longer one; the reason of the signal when it aborts
   * @param until milliseconds since 1970
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
   * Records the end of a step, once.
   * @throws RunLimitReached when the run has too many records
   */
  record(
    step: Pick<ProgramStep, 'name' | 'type'>,
    { scope, key }: StepPlace,
    result: Pick<StepRecord, 'status' | 'startedAt'> &
      Partial<{
        [K in 'input' | 'output' | 'error' | 'failedStep']: StepRecord[K] | undefined;
      }>,
  ): StepRecord {
    const { input, output, error, failedStep, ...rest } = result;
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
      ...(failedStep === undefined ? {} : { failedStep }),
    };
    this.#count(record);
    this.ports.journal.add(record);
    return record;
  }

  /** ISO instant. */
  now(): string {
    return new Date(this.ports.clock.now()).toISOString();
  }

  /** @throws RunLimitReached */
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
