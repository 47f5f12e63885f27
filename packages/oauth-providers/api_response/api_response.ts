/** A response of a provider's API. */
export interface ApiResponse {
  readonly status: number;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON body. Any other value matches no condition for a body. */
  readonly body: unknown;
}

/** Returns `true` if a value of a JSON text is an object and not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The steps of a path that dots separate. A dot after a backslash belongs to a name:
 * `@odata\\.nextLink`.
 */
export function pathSteps(path: string): readonly string[] {
  if (!path.includes('\\')) return path.split('.');
  return path.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'));
}

/**
 * The values at a dotted path, where `*` stands for each element of an array. Reads own properties
 * only. Empty: the path has a step that no value has.
 */
export function valuesAt(root: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [root];
  for (const step of pathSteps(path)) {
    found = found.flatMap((value) => {
      if (step === '*') return Array.isArray(value) ? value : [];
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
      return [Reflect.get(value, step)];
    });
  }
  return found;
}
