import { isRecord } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { MAX_JSON_DEPTH, measureJson } from './json_size.ts';

/** Maximum characters of all keys of one step: 200 for each member of the longest list. */
const MAX_CHARACTERS = 20_000_000;

/**
 * Creates keys for maps from values. Equal values have equal keys: `1` and `"1"` differ, the order
 * of the fields of an object does not matter, and a missing value equals only another missing
 * value.
 */
export class ValueKeys {
  #characters = 0;

  /**
   * Returns a text that is equal only for equal values.
   * @throws StepFailure if the values of this step are too large
   */
  keyOf(values: readonly unknown[]): string {
    // JSON without indentation contains no line breaks and is never empty, so joined keys are
    // unambiguous.
    return values.map((value) => this.#jsonOf(value)).join('\n');
  }

  #jsonOf(value: unknown): string {
    if (typeof value === 'object' && value !== null) this.#checkSize(value);
    const json = value === undefined ? '' : JSON.stringify(value, withSortedFields);
    this.#characters += json.length + 1;
    if (this.#characters > MAX_CHARACTERS) throw tooLarge();
    return json;
  }

  #checkSize(value: object): void {
    const limit = MAX_CHARACTERS - this.#characters;
    const { characters, depth } = measureJson(value, { characters: limit });
    if (characters > limit || depth > MAX_JSON_DEPTH) throw tooLarge();
  }
}

function tooLarge(): StepFailure {
  return new StepFailure(
    'InvalidStepInput',
    `The values that are compared have more than ${MAX_CHARACTERS} characters of JSON, or more than ${MAX_JSON_DEPTH} levels.`,
  );
}

function withSortedFields(_: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}
