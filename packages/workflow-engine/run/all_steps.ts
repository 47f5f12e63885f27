import type { ProgramStep, WorkflowProgram } from '@latchkey/workflow-language';

/**
 * All steps of a program, including steps inside other steps and in fallbacks. Steps that several
 * others share, as the fallback of `settings`, are listed once.
 */
export function* allSteps({ steps }: Pick<WorkflowProgram, 'steps'>): Generator<ProgramStep> {
  const visited = new Set<readonly ProgramStep[]>();
  const lists = [steps];
  for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
    if (visited.has(list)) continue;
    visited.add(list);
    for (const step of list) {
      yield step;
      lists.push(...listsIn(step));
    }
  }
}

/** Lists of the steps directly inside a step, and of its fallbacks. */
function listsIn({ body, onFailure }: ProgramStep): (readonly ProgramStep[])[] {
  const fallback = onFailure === undefined ? [] : [onFailure.fallback];
  switch (body.kind) {
    case 'if':
      return [body.steps, body.otherwise, ...fallback];
    case 'switch':
      return [...body.cases.map(({ steps }) => steps), body.otherwise, ...fallback];
    case 'foreach':
    case 'while': {
      const { iterationOnFailure: each } = body.limits;
      return [body.steps, ...(each === undefined ? [] : [each.fallback]), ...fallback];
    }
    case 'parallel': {
      const { branches } = body;
      const inner = 'items' in branches ? [branches.steps] : branches.map(({ steps }) => steps);
      return [...inner, ...fallback];
    }
    default:
      return fallback;
  }
}
