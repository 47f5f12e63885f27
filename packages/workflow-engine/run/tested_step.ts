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
  return allSteps(program).find((step) => step.name === name);
}

/** Variables of the main line of a run, as given for the test of a step. */
export function givenVariables(
  { stepIds }: Pick<WorkflowProgram, 'stepIds'>,
  tested: Pick<TestedStep, 'context'> | undefined,
): Pick<Scope, 'bindings' | 'branch'> {
  const branch = new BranchState(undefined, stepIds);
  const { steps, variables, ...bindings } = tested?.context ?? {};
  for (const [name, state] of Object.entries(isRecord(steps) ? steps : {}))
    branch.setStep(name, isRecord(state) ? state : {});
  if (isRecord(variables)) branch.setVariables(variables);
  return { branch, bindings };
}
