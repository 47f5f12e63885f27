import { isRecord, type ProgramStep, type WorkflowProgram } from '@latchkey/workflow-language';
import { allSteps } from './all_steps.ts';
import { BranchState } from './branch_state.ts';
import type { Scope } from './scope.ts';

type Values = Readonly<Record<string, unknown>>;

/** One step of a workflow that is executed without the others, to test it. */
export interface TestedStep {
  /** Name of the step, which may be inside other steps. */
  readonly stepId: string;
  /**
   * Variables of templates that the other steps would have given: `steps`, `variables`, `foreach`
   * and others. They replace variables of the run with the same names.
   */
  readonly context: Values;
}

/** The step with a name, also inside other steps. `undefined`: there is none. */
export function stepNamed(
  program: Pick<WorkflowProgram, 'steps'>,
  name: string,
): ProgramStep | undefined {
  for (const step of allSteps(program)) if (step.name === name) return step;
  return undefined;
}

/**
 * Variables of the main line of a run, as given for the test of a step. States of steps that the
 * program does not have are left out: every branch copies the states, and only the program limits
 * their number.
 */
export function givenVariables(
  program: Pick<WorkflowProgram, 'steps' | 'stepIds'>,
  tested: Pick<TestedStep, 'context'> | undefined,
): Pick<Scope, 'bindings' | 'branch'> {
  const branch = new BranchState(undefined, program.stepIds);
  if (tested === undefined) return { branch, bindings: {} };
  const { steps, variables, ...bindings } = tested.context;
  const states = isRecord(steps) ? steps : {};
  const ofProgram = new Set(Array.from(allSteps(program), ({ name }) => name));
  const known = ofProgram.union(new Set(program.stepIds.values()));
  for (const [name, state] of Object.entries(states))
    if (known.has(name) && isRecord(state)) branch.setStep(name, state);
  if (isRecord(variables)) branch.setVariables(variables);
  return { branch, bindings };
}
