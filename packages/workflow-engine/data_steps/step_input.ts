import { hasFields, splitPath, valueAt } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';

/** Maximum number of members of a list that a step reads or creates. */
export const MAX_LIST_LENGTH = 100_000;

/** Maximum number of members of a list of settings, such as keys or metrics. Authors need fewer. */
export const MAX_SETTINGS = 100;

/** Allowed lengths of a list. */
export interface LengthRange {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Reads the rendered keys of a step by their paths, such as `with.limit`. null counts as absent.
 * All methods throw a StepFailure that names the key, the expected value and the kind of the
 * present value, but never its text.
 */
export class StepInput {
  readonly #keys: Readonly<Record<string, unknown>>;
  readonly #place: string;

  /** @param place path of the keys in the step; empty for the keys of the step itself */
  constructor(keys: Readonly<Record<string, unknown>>, place = '') {
    this.#keys = keys;
    this.#place = place;
  }

  /**
   * Reads the keys of an object inside the step.
   * @throws StepFailure `InvalidStepInput` when the value is not an object
   */
  static of(value: unknown, place: string): StepInput {
    if (!hasFields(value)) throw invalidInput(place, 'an object', value);
    return new StepInput(value, place);
  }

  /** Returns a value unchanged. `undefined`: it is absent. */
  value(path: string): unknown {
    return valueAt(this.#keys, splitPath(path));
  }

  isAbsent(path: string): boolean {
    return (this.value(path) ?? undefined) === undefined;
  }

  text(path: string): string {
    const value = this.value(path);
    return typeof value === 'string' ? value : this.fail(path, 'text');
  }

  /**
   * Returns a list with an allowed number of members.
   * @throws StepFailure `InvalidStepInput`
   */
  list(path: string, { min = 0, max = MAX_LIST_LENGTH }: LengthRange = {}): readonly unknown[] {
    const value: unknown = this.value(path);
    if (!Array.isArray(value)) return this.fail(path, 'a list');
    if (value.length < min || value.length > max) {
      const message = `\`${this.#placeOf(path)}\` has ${value.length} members; ${min} to ${max} are allowed.`;
      throw new StepFailure('InvalidStepInput', message);
    }
    return value;
  }

  /** Returns a list of settings. Each member is a text that is not empty. */
  names(path: string, range: LengthRange = { min: 1, max: MAX_SETTINGS }): readonly string[] {
    const isName = (member: unknown): member is string =>
      typeof member === 'string' && member !== '';
    const members = this.list(path, range);
    return members.every(isName) ? members : this.fail(path, 'a list of texts that are not empty');
  }

  object(path: string): Readonly<Record<string, unknown>> {
    const value = this.value(path);
    return hasFields(value) ? value : this.fail(path, 'an object');
  }

  /** Returns a boolean. Absent: false. */
  flag(path: string): boolean {
    const value = this.value(path) ?? false;
    return typeof value === 'boolean' ? value : this.fail(path, 'true or false');
  }

  /** Returns a whole number of at least 1. `undefined`: it is absent. */
  count(path: string, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.value(path) ?? undefined;
    if (value === undefined) return undefined;
    const isCount =
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
    const expected =
      max === Number.MAX_SAFE_INTEGER
        ? 'a whole number of at least 1'
        : `a whole number from 1 to ${max}`;
    return isCount ? value : this.fail(path, expected);
  }

  /**
   * Returns one of the given words. Absent: the first word.
   * @throws StepFailure `InvalidStepInput` for any other value
   */
  choice<const T extends string>(path: string, words: readonly [T, ...T[]]): T {
    const value = this.value(path) ?? words[0];
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    const expected = words.map((each) => `\`${each}\``).join(' or ');
    const kind = typeof value === 'string' ? 'another text' : kindOf(value);
    const message = `\`${this.#placeOf(path)}\` must be ${expected}, but is ${kind}.`;
    throw new StepFailure('InvalidStepInput', message);
  }

  /**
   * Refuses the value at a path.
   * @throws StepFailure always; it names the expected value
   */
  fail(path: string, expected: string): never {
    throw invalidInput(this.#placeOf(path), expected, this.value(path));
  }

  #placeOf(path: string): string {
    return this.#place === '' ? path : `${this.#place}.${path}`;
  }
}

/** Creates a failure that names the expected value at a path and the kind of the current value. */
export function invalidInput(path: string, expected: string, value: unknown): StepFailure {
  // `{{ }}`, or `${{ }}` with other text around it, converts lists, numbers and booleans to text.
  const hint =
    typeof value === 'string' && !expected.includes('text')
      ? ' Write `${{ }}` around an expression to keep the kind of its value.'
      : '';
  const message = `\`${path}\` must be ${expected}, but is ${kindOf(value)}.${hint}`;
  return new StepFailure('InvalidStepInput', message);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return 'a boolean';
    default:
      return 'an object';
  }
}
