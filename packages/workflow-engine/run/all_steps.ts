import type { ProgramStep, WorkflowProgram } from '@latchkey/workflow-language';

/** All steps of a program, including steps inside other steps and in fallbacks. */
export function allSteps({ steps }: Pick<WorkflowProgram, 'steps'>): readonly ProgramStep[] {
  return steps.flatMap((step) => [step, ...allSteps({ steps: stepsIn(step) })]);
}

/** Steps directly inside a step, and steps of its fallbacks. */
function stepsIn({ body, onFailure }: ProgramStep): readonly ProgramStep[] {
  const fallback = onFailure?.fallback ?? [];
  switch (body.kind) {
    case 'if':
      return [...body.steps, ...body.otherwise, ...fallback];
    case 'switch':
      return [...body.cases.flatMap(({ steps }) => steps), ...body.otherwise, ...fallback];
    case 'foreach':
    case 'while':
      return [...body.steps, ...(body.limits.iterationOnFailure?.fallback ?? []), ...fallback];
    case 'parallel': {
      const { branches } = body;
      const inner = 'items' in branches ? branches.steps : branches.flatMap(({ steps }) => steps);
      return [...inner, ...fallback];
    }
    default:
      return fallback;
  }
}
