import {
  evaluateCondition,
  isRecord,
  type ProgramStep,
  parseDuration,
  type TemplateContext,
  TemplateEngine,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import { failureOf, StepFailure } from '../failures/step_failure.ts';
import { Parked } from './interruptions.ts';
import type { RunFacts } from './run_facts.ts';
import type { StepRecord } from './run_journal.ts';
import type { Flow } from './run_outcome.ts';
import type { RunPorts } from './run_ports.ts';
import type { Scope, StepPlace } from './scope.ts';

/** Longer waits leave memory, in milliseconds. */
const MAX_WAIT_IN_MEMORY_MS = 5_000;

/** The part of a run that its steps use: values, decisions, waits. */
export abstract class RunContext {
  readonly program: WorkflowProgram;
  readonly facts: RunFacts;
  readonly ports: RunPorts;
  readonly engine: TemplateEngine;

  constructor(program: WorkflowProgram, facts: RunFacts, ports: RunPorts) {
    this.program = program;
    this.facts = facts;
    this.ports = ports;
    const { liquid, timezone } = program.settings;
    this.engine = new TemplateEngine({ limits: liquid, timezone });
  }

  /** Executes steps one after the other. */
  abstract block(steps: readonly ProgramStep[], scope: Scope): Promise<Flow>;

  /**
   * Computes a value once. A continued run reads it, or the failure to compute it, from the
   * journal.
   * @throws StepFailure if the computation throws it
   */
  decide<T>(key: string, compute: () => T): T {
    const { journal } = this.ports;
    const known = journal.find(key);
    if (known?.kind === 'value') {
      if (known.error === undefined) return known.value as T;
      const { type, message, details } = known.error;
      throw new StepFailure(type, message, details);
    }
    try {
      const value = compute();
      journal.add({ kind: 'value', key, value });
      return value;
    } catch (error) {
      if (error instanceof StepFailure)
        journal.add({ kind: 'value', key, value: null, error: error.error });
      throw error;
    }
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
  render(value: unknown, scope: Scope): unknown {
    return this.#guarded(() => this.engine.render(value, this.context(scope)));
  }

  /** Evaluates a text of which one `{{ }}` keeps its type. @throws StepFailure `TemplateError` */
  evaluate(text: string, scope: Scope): unknown {
    return this.#guarded(() => this.engine.evaluate(text, this.context(scope)));
  }

  /** Evaluates a condition. @throws StepFailure `InvalidCondition`, `TemplateError` */
  test(condition: unknown, scope: Scope): boolean {
    const { engine, ports } = this;
    const context = this.context(scope);
    return this.#guarded(() =>
      evaluateCondition(condition, { engine, context, now: ports.clock.now() }),
    );
  }

  /** Renders a duration. @throws StepFailure `InvalidDuration` */
  duration(value: unknown, scope: Scope): number {
    const text = this.render(value, scope);
    const milliseconds = typeof text === 'string' ? parseDuration(text.trim()) : undefined;
    if (milliseconds === undefined)
      throw new StepFailure('InvalidDuration', `Invalid duration format: ${JSON.stringify(text)}`);
    return milliseconds;
  }

  /**
   * Waits until an instant. Short waits stay in memory.
   * @throws Parked for a longer one; the reason of the signal when it aborts
   */
  async waitUntil(until: number, stepKey: string, scope: Scope): Promise<void> {
    const { clock } = this.ports;
    const leftMs = until - clock.now();
    if (leftMs <= 0) return;
    if (leftMs <= MAX_WAIT_IN_MEMORY_MS) return clock.sleep(leftMs, scope.signal);
    scope.signal.throwIfAborted();
    const wakeAt = Math.min(until, scope.deadline ?? until);
    throw new Parked([{ kind: 'time', stepKey, wakeAt }]);
  }

  /** Records the end of a step, once. */
  record(
    step: Pick<ProgramStep, 'name' | 'type'>,
    { scope, key }: StepPlace,
    result: Pick<StepRecord, 'status' | 'startedAt'> &
      Partial<{ [K in 'input' | 'output' | 'error']: StepRecord[K] | undefined }>,
  ): StepRecord {
    const { input, output, error, ...rest } = result;
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
    };
    this.ports.journal.add(record);
    return record;
  }

  /** ISO instant. */
  now(): string {
    return new Date(this.ports.clock.now()).toISOString();
  }

  #guarded<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw failureOf(error);
    }
  }
}
