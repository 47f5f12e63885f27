import { isRecord, type ProgramStep } from '@latchkey/workflow-language';
import type { RunContext } from './run_context.ts';
import type { Scope } from './scope.ts';

/** Keys of a step that do not belong to its input. Other code reads them, or they are ids. */
const NOT_INPUT = new Set([
  'name',
  'id',
  'type',
  'if',
  'foreach',
  'timeout',
  'on-failure',
  'on-interrupted',
  'max-step-size',
]);

/**
 * Renders the keys of a step. Values that are rendered for each member of a list, and the schema of
 * a form, are left out.
 * @throws StepFailure `TemplateError`
 */
export async function renderInput(
  run: RunContext,
  { keys, stepType, body }: ProgramStep,
  scope: Scope,
): Promise<Readonly<Record<string, unknown>>> {
  const [outer, inner] = body.kind === 'human' ? ['with', 'schema'] : (stepType.perItem ?? []);
  const rendered: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(keys)) {
    if (NOT_INPUT.has(name)) continue;
    if (name !== outer || !isRecord(value)) {
      rendered[name] = await run.render(value, scope);
      continue;
    }
    const members: [string, unknown][] = [];
    for (const [key, each] of Object.entries(value))
      members.push([key, key === inner ? each : await run.render(each, scope)]);
    rendered[name] = Object.fromEntries(members);
  }
  return rendered;
}
