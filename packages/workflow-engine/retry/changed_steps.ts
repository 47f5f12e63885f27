import type { ProgramStep, WorkflowProgram } from '@latchkey/workflow-language';
import { isRecord } from '@latchkey/workflow-language';
import { allSteps } from '../run/all_steps.ts';
import { namesIn } from '../run/record_keys.ts';
import type { RunRecord } from '../run/run_journal.ts';

/**
 * Names of the steps whose records are reused although their definition differs between the two
 * programs. Steps inside a step do not belong to its definition.
 */
export function changedSteps(
  records: readonly RunRecord[],
  before: WorkflowProgram,
  after: WorkflowProgram,
): readonly string[] {
  const [old, current] = [definitionsOf(before), definitionsOf(after)];
  const names = new Set(records.flatMap(({ key }) => namesIn(key)));
  return [...names].filter((name) => old.get(name) !== current.get(name));
}

/** The definition of each step as text. */
function definitionsOf(program: WorkflowProgram): ReadonlyMap<string, string> {
  return new Map(
    Array.from(allSteps(program), (step) => [step.name, JSON.stringify(ownKeys(step))]),
  );
}

/** The keys of a step without the steps inside it. */
function ownKeys({ keys, stepType }: ProgramStep): unknown {
  const paths = [
    ...stepType.nested,
    ['on-failure', 'fallback'],
    ['iteration-on-failure', 'fallback'],
  ];
  return paths.reduce<unknown>(without, keys);
}

/**
 * Copy of a value without the part at a path. In the path, `*` stands for every member of a list.
 */
function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === '*') return Array.isArray(value) ? value.map((each) => without(each, rest)) : value;
  if (!isRecord(value) || key === undefined || !Object.hasOwn(value, key)) return value;
  const { [key]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [key]: without(inner, rest) };
}
