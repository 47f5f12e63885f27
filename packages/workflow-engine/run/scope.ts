import type { BranchState } from './branch_state.ts';
import type { ScopeFrame } from './run_journal.ts';

/** Where a step runs. */
export interface Scope {
  /** Begins the keys of all records of the scope. */
  readonly key: string;
  readonly frames: readonly ScopeFrame[];
  /** Aborts when the scope must end, with the reason. */
  readonly signal: AbortSignal;
  /** Earliest time limit around the scope, in milliseconds since 1970. Absent: none. */
  readonly deadline?: number;
  /** Roots of templates that only exist here: `foreach`, `while`, `error`. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly branch: BranchState;
}

/** One execution of a step, or of a part of a run. */
export interface StepPlace {
  readonly scope: Scope;
  /** Key of its records. */
  readonly key: string;
}

/**
 * Key of a step in a scope. Characters with a meaning in keys are escaped, so that no name leads to
 * the key of another step.
 */
export function keyOf(name: string, { key }: Pick<Scope, 'key'>): string {
  return `${key}${name.replaceAll(/[%/@?![\]]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)}`;
}

/** Makes the scope of an iteration, branch, repetition or fallback. */
export function innerScope(
  scope: Scope,
  frame: ScopeFrame,
  over: Partial<Pick<Scope, 'key' | 'bindings' | 'signal' | 'branch'>>,
): Scope {
  return {
    ...scope,
    ...over,
    frames: [...scope.frames, frame],
    bindings: { ...scope.bindings, ...over.bindings },
  };
}
