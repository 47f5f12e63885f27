import type { BranchState } from './branch_state.ts';
import type { ScopeFrame } from './run_journal.ts';

/** The surroundings in which a step is executed. */
export interface Scope {
  /** Prefix of the keys of all records in the scope. */
  readonly key: string;
  readonly frames: readonly ScopeFrame[];
  /** Signal that is aborted, with a reason, when the scope must end. */
  readonly signal: AbortSignal;
  /** Earliest time limit around the scope, in milliseconds since 1970. Absent: none. */
  readonly deadline?: number;
  /** Variables of templates that exist only in this scope: `foreach`, `while`, `error`, `now`. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly branch: BranchState;
}

/** Place of one execution of a step, or of a part of a run. */
export interface StepPlace {
  readonly scope: Scope;
  /** Key of the records of this execution. */
  readonly key: string;
}

/**
 * Key of a step in a scope. Characters with a meaning in keys are escaped, so that the name of a
 * step cannot produce the key of another step.
 */
export function keyOf(name: string, { key }: Pick<Scope, 'key'>): string {
  return `${key}${name.replaceAll(/[%/@?![\]]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)}`;
}

/**
 * Copy of a scope in which `now` is a given instant.
 * @param now in milliseconds since 1970
 */
export function scopeAt(scope: Scope, now: number): Scope {
  return { ...scope, bindings: { ...scope.bindings, now: new Date(now) } };
}

/** Creates the scope of an iteration, branch, repetition or fallback. */
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
