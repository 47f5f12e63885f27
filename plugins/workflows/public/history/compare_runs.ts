import type { RunDetails, StepRun } from '../run_data/index.ts';

/** A step of a run with its values. */
export type ComparedStep = StepRun & { readonly input?: unknown; readonly output?: unknown };

/** The same step in two runs. */
export interface StepPair {
  /** Id of the step, which both runs share. */
  readonly id: string;
  /** `undefined`: the step is only in the other run. */
  readonly first: ComparedStep | undefined;
  /** `undefined`: the step is only in the other run. */
  readonly second: ComparedStep | undefined;
  /** Parts in which the two executions differ. Different times are not a difference. */
  readonly differences: readonly ('presence' | 'status' | 'input' | 'output' | 'error')[];
}

/**
 * Lists the steps of two runs side by side, in the order of the second run. A step that only the
 * first run has comes after the step that precedes it in the first run.
 * @param hasValues `false`: the user does not see the values of one of the runs, so that inputs,
 *   outputs and messages of errors cannot be compared
 */
export function compareSteps(
  first: readonly ComparedStep[],
  second: readonly ComparedStep[],
  hasValues: boolean,
): readonly StepPair[] {
  const before = new Map(first.map((step) => [step.id, step]));
  const after = new Map(second.map((step) => [step.id, step]));
  const pairs: StepPair[] = [];
  const added = new Set<string>();
  const add = (id: string): void => {
    if (added.has(id)) return;
    added.add(id);
    pairs.push({ id, ...pairOf(before.get(id), after.get(id), hasValues) });
  };
  let next = 0;
  const addMissing = (): void => {
    for (let step = first[next]; step !== undefined && !after.has(step.id); step = first[next]) {
      add(step.id);
      next += 1;
    }
  };
  addMissing();
  for (const { id } of second) {
    add(id);
    if (first[next]?.id === id) next += 1;
    else if (before.has(id)) next = first.findIndex((step) => step.id === id) + 1;
    addMissing();
  }
  for (const { id } of first) add(id);
  return pairs;
}

function pairOf(
  first: ComparedStep | undefined,
  second: ComparedStep | undefined,
  hasValues: boolean,
): Omit<StepPair, 'id'> {
  if (first === undefined || second === undefined)
    return { first, second, differences: ['presence'] };
  const differences = [
    ...(first.status === second.status ? [] : ['status' as const]),
    ...(!hasValues || isSame(first.input, second.input) ? [] : ['input' as const]),
    ...(!hasValues || isSame(first.output, second.output) ? [] : ['output' as const]),
    ...(isSame(errorOf(first, hasValues), errorOf(second, hasValues)) ? [] : ['error' as const]),
  ];
  return { first, second, differences };
}

const errorOf = ({ error }: ComparedStep, hasValues: boolean): unknown =>
  error === undefined ? undefined : [error.type, ...(hasValues ? [error.message] : [])];

/** Compares JSON values. The order of the keys of objects does not count. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, sorted(each)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Returns `true` if the user sees inputs and outputs of both runs, so that they can be compared.
 */
export const areReadable = (...runs: readonly Pick<RunDetails, 'isReadable'>[]): boolean =>
  runs.every(({ isReadable }) => isReadable);

/**
 * Name of a step for the user. In step ids, some characters of names are escaped as `%` and two
 * hexadecimal digits; they are restored.
 */
export const stepIdText = (id: string): string =>
  id.replaceAll(/%([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
