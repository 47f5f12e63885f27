import { isRecord, type ProgramStep } from '@latchkey/workflow-language';
import { runDataStep } from '../data_steps/run_data_step.ts';
import { failureOf, StepFailure } from '../failures/step_failure.ts';
import { announcedMoment, callStep } from './call_step.ts';
import { runEnd } from './end_step.ts';
import { guarded, withTimeLimit } from './failure_policy.ts';
import { recordedFlow, startOf } from './flow_records.ts';
import { runForeach, runIf, runSwitch, runWhile } from './flow_steps.ts';
import { RunCancelled, RunLimitReached, StepsWait, TimeLimitReached } from './interruptions.ts';
import { runParallel } from './parallel.ts';
import { cancelChild, responseKey, runChild, runHuman, runWait } from './pause_steps.ts';
import { renderInput } from './render_input.ts';
import { RunContext } from './run_context.ts';
import type { CallTimings, StepRecord } from './run_journal.ts';
import type { Flow, RunEnd, RunOutcome } from './run_outcome.ts';
import { keyOf, type Scope, type StepPlace, scopeAt } from './scope.ts';
import { ensureInputSize, storableOutput } from './step_output.ts';
import { givenVariables, stepNamed } from './tested_step.ts';

/**
 * One execution of a workflow, from its start or a wait to its end or the next wait. An interrupted
 * run is continued by a new object with the same program and journal: recorded steps, conditions
 * and lists are not computed again.
 */
export class WorkflowRun extends RunContext {
  /**
   * Executes the run.
   * @param signal when it is aborted with {@link RunCancelled}, the run ends as cancelled. Any
   *   other reason is thrown: the run is interrupted and can be continued
   * @throws the error of the journal when another process executes this run now
   */
  async execute(signal: AbortSignal): Promise<RunOutcome> {
    const root: Scope = {
      key: '',
      frames: [],
      signal,
      ...givenVariables(this.program, this.facts.tested),
    };
    const { timeoutMs } = this.program.settings;
    const until = timeoutMs === undefined ? undefined : this.facts.startedAt + timeoutMs;
    try {
      await this.countEarlier();
      const limit = { scope: root, key: '', until, message: RUN_TIMEOUT };
      const flow = await withTimeLimit(this, limit, (scope) => this.block(this.#steps(), scope));
      return typeof flow === 'object' ? { kind: 'ended', ...flow } : this.#ended('completed');
    } catch (error) {
      return this.#outcomeOf(error);
    }
  }

  /** Steps to execute. @throws StepFailure if the step to test does not exist */
  #steps(): readonly ProgramStep[] {
    const { tested } = this.facts;
    if (tested === undefined) return this.program.steps;
    const step = stepNamed(this.program, tested.stepId);
    if (step !== undefined) return [step];
    throw new StepFailure('StepNotFound', `The workflow has no step [${tested.stepId}].`);
  }

  #ended(status: RunEnd['status'], more: Partial<RunEnd> = {}): RunEnd {
    return { kind: 'ended', status, ...more };
  }

  #outcomeOf(error: unknown): RunOutcome {
    if (error instanceof StepsWait) {
      const { waits, steps } = error;
      return { kind: 'waiting', waits, steps };
    }
    if (error instanceof RunCancelled) return this.#ended('cancelled');
    if (error instanceof TimeLimitReached && error.key === '') {
      return this.#ended('timed_out', { error: { type: 'WorkflowTimeout', message: RUN_TIMEOUT } });
    }
    if (error instanceof RunLimitReached) {
      const { type, message } = error;
      return this.#ended('failed', { error: { type, message } });
    }
    if (error instanceof StepFailure) {
      const { stepName } = error;
      const failedStep = stepName === undefined ? {} : { failedStep: stepName };
      return this.#ended('failed', { error: error.error, ...failedStep });
    }
    throw error;
  }

  override async block(steps: readonly ProgramStep[], scope: Scope): Promise<Flow> {
    for (const step of steps) {
      const flow = await this.#step(step, scope);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  async #step(step: ProgramStep, scope: Scope): Promise<Flow> {
    await this.nextTurn(scope);
    const key = keyOf(step.name, scope);
    const part = { scope, key, name: step.name, policy: step.onFailure };
    try {
      return await guarded(this, part, (attempt) => this.#attempt(step, attempt));
    } catch (error) {
      throw error instanceof StepFailure ? error.of(step.name) : error;
    }
  }

  async #attempt(step: ProgramStep, place: StepPlace): Promise<Flow> {
    const startedAt = this.now();
    try {
      return await this.#once(step, place);
    } catch (error) {
      if (error instanceof StepFailure) this.#fail(step, place, { failure: error, startedAt });
      throw error;
    }
  }

  /**
   * Makes a failure visible to later steps. Records the failure, unless a step inside has failed
   * first.
   */
  #fail(
    step: ProgramStep,
    place: StepPlace,
    { failure, startedAt }: { readonly failure: StepFailure; readonly startedAt: string },
  ): void {
    const isOwn = failure.stepName === undefined;
    const { error } = failure;
    const output = isOwn ? failure.output : undefined;
    const { branch } = place.scope;
    branch.setStep(step.name, { ...(output === undefined ? {} : { output }), error });
    branch.lastOutput = output;
    failure.of(step.name);
    if (!isOwn || this.ports.journal.find(place.key) !== undefined) return;
    this.record(step, place, {
      status: 'failed',
      startedAt: startOf(this, place) ?? startedAt,
      output,
      error,
    });
  }

  /**
   * Executes a step once: checks its condition, then applies its time limit, then its step-level
   * loop.
   */
  async #once(step: ProgramStep, { scope, key }: StepPlace): Promise<Flow> {
    const isSkipped =
      'condition' in step &&
      !(await this.decideLater(`${key}?if`, () => this.test(step.condition, scope)));
    if (isSkipped) {
      if (this.ports.journal.find(key) === undefined)
        this.record(step, { scope, key }, { status: 'skipped', startedAt: this.now() });
      return undefined;
    }
    const { timeout } = step;
    const until =
      timeout === undefined
        ? undefined
        : await this.decideLater(`${key}?deadline`, async () => {
            const limitMs = await this.duration(timeout, scope);
            return this.ports.clock.now() + limitMs;
          });
    const message =
      step.body.kind === 'human'
        ? 'Nobody responded within the `timeout` of the step.'
        : 'The step did not finish within its `timeout`.';
    return withTimeLimit(this, { scope, key, until, message }, (limited) => {
      const place = { scope: limited, key };
      if (step.each === undefined) return this.#body(step, place);
      return recordedFlow(this, { step: { ...step, type: 'foreach' }, place }, () =>
        runForeach(this, step, {
          place,
          items: step.each,
          run: (inner, innerKey) => this.#body(step, { scope: inner, key: innerKey }),
        }),
      );
    });
  }

  #body(step: ProgramStep, place: StepPlace): Promise<Flow> {
    const { body } = step;
    switch (body.kind) {
      case 'if':
        return recordedFlow(this, { step, place }, () => runIf(this, { ...step, body }, place));
      case 'switch':
        return recordedFlow(this, { step, place }, () => runSwitch(this, { ...step, body }, place));
      case 'foreach':
        return recordedFlow(this, { step, place }, () =>
          runForeach(this, step, {
            place,
            items: body.items,
            limits: body.limits,
            run: (inner) => this.block(body.steps, inner),
          }),
        );
      case 'while':
        return recordedFlow(this, { step, place }, () => runWhile(this, { ...step, body }, place));
      case 'break':
      case 'continue':
        return recordedFlow(this, { step, place }, async () => body.kind);
      case 'parallel':
        return recordedFlow(this, { step, place }, () =>
          runParallel(this, { ...step, body }, place),
        );
      case 'wait':
        return this.#recorded(step, place, (input) =>
          runWait(this, { ...step, body }, { ...place, input }),
        );
      case 'human':
        return this.#recorded(step, place, (input) =>
          runHuman(this, { ...step, body }, { ...place, input }),
        );
      case 'child':
        return this.#recorded(step, place, (input) =>
          runChild(this, { ...step, body }, { ...place, input }),
        );
      case 'end':
        return runEnd(this, { ...step, body }, place);
      case 'data':
        return this.#recorded(step, place, (input) => this.#compute(step, input, place));
      case 'call':
        return this.#recorded(step, place, (input, renderedAt, onTimings) =>
          callStep(this, step, { ...place, input, renderedAt, onTimings }),
        );
      default:
        return body satisfies never;
    }
  }

  async #compute(
    step: ProgramStep,
    input: Readonly<Record<string, unknown>>,
    { scope }: StepPlace,
  ): Promise<unknown> {
    const { texts, ports, facts } = this;
    if (facts.isDryRun === true && isOfUnknown(step, input)) return null;
    const context = this.context(scope);
    const now = ports.clock.now();
    const output = await runDataStep(step.type, input, {
      texts,
      context,
      now,
      patterns: ports.patterns,
      signal: scope.signal,
    }).catch((error: unknown) => {
      throw failureOf(error);
    });
    if (step.type === 'console') ports.log(output, step.name);
    return output;
  }

  /** Executes a step that has a result. If a result is recorded, it is used instead. */
  async #recorded(
    step: ProgramStep,
    place: StepPlace,
    run: (
      input: Readonly<Record<string, unknown>>,
      renderedAt: number,
      onTimings: (timings: CallTimings | undefined) => void,
    ) => Promise<unknown>,
  ): Promise<undefined> {
    const { scope, key } = place;
    const known = this.ports.journal.find(key);
    if (known?.kind === 'step') {
      this.#apply(step, known, scope);
      return undefined;
    }
    const { kind } = step.body;
    if (kind === 'child' && scope.signal.reason instanceof TimeLimitReached)
      await cancelChild(this, key);
    // If a response was accepted, it counts, even if the step continues after its time limit.
    if (this.decided(responseKey(key)) === undefined) scope.signal.throwIfAborted();
    const started = `${key}?started`;
    const startedAt = String(this.decided(started) ?? this.now());
    let input: Readonly<Record<string, unknown>> | undefined;
    let timings: CallTimings | undefined;
    const note = (measured: CallTimings | undefined): void => {
      timings = measured;
    };
    try {
      const announcedAt = kind === 'call' ? announcedMoment(this, key) : undefined;
      const renderedAt = announcedAt ?? this.ports.clock.now();
      const rendered = await renderInput(this, step, scopeAt(scope, renderedAt));
      ensureInputSize(rendered);
      input = rendered;
      const output = storableOutput(await run(input, renderedAt, note), step.maxOutputBytes);
      const result = { status: 'completed', startedAt, input, output, timings } as const;
      this.#apply(step, this.record(step, place, result), scope);
    } catch (cause) {
      const failure = failureOf(cause);
      if (failure instanceof StepsWait) {
        this.decide(started, () => startedAt);
        const { name, type } = step;
        throw new StepsWait(failure.waits, [{ key, name, type, scopes: scope.frames, startedAt }]);
      }
      if (!(failure instanceof StepFailure)) throw failure;
      const { error } = failure;
      this.record(step, place, { status: 'failed', startedAt, input, error, timings });
      throw failure.of(step.name);
    }
    return undefined;
  }

  /**
   * Makes a result visible to later steps.
   * @throws StepFailure if the step has failed
   */
  #apply(step: ProgramStep, { output, error }: StepRecord, { branch }: Scope): void {
    if (error !== undefined) {
      branch.setStep(step.name, { error });
      throw new StepFailure(error.type, error.message, error.details).of(step.name);
    }
    branch.setStep(step.name, output === undefined ? {} : { output });
    branch.lastOutput = output;
    if (step.type === 'data.set' && isRecord(output)) branch.setVariables(output);
  }
}

/** Keys with the value that a step computes from. */
const SOURCES = ['items', 'source'] as const;

const RUN_TIMEOUT = 'The run did not finish within `settings.timeout`.';

/** Returns `true` if a step computes from the output of a call that a dry run has not sent. */
function isOfUnknown({ keys }: ProgramStep, input: Readonly<Record<string, unknown>>): boolean {
  return SOURCES.some(
    (key) => Object.hasOwn(keys, key) && (input[key] === null || input[key] === undefined),
  );
}
