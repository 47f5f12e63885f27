/** The two parts of a path with one `*`. */
export interface ListPath {
  /** Path to the elements, which ends with `*`. */
  readonly elements: string;
  /** Path from an element to the value. */
  readonly member: string;
}

/** Splits a path at its `*`. `undefined`: the path has no `*`, or the `*` is its last step. */
export function listPathOf(path: string): ListPath | undefined {
  const steps = path.split('.');
  const at = steps.indexOf('*');
  if (at === -1 || at === steps.length - 1) return undefined;
  return { elements: steps.slice(0, at + 1).join('.'), member: steps.slice(at + 1).join('.') };
}
