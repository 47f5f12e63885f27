import { measureJson } from '../data_steps/json_size.ts';
import { StepFailure } from '../failures/step_failure.ts';

/** Characters of the input of a step. It is stored together with the output. */
const MAX_INPUT_CHARACTERS = 16_000_000;

/**
 * An output as a continued run will read it from the journal. Its size is measured before it is
 * written as JSON.
 *
 * @throws StepFailure `StepSizeLimitExceeded`
 */
export function storableOutput(output: unknown, limitBytes: number): unknown {
  if (output === undefined) return undefined;
  const { characters } = measureJson(output, { characters: limitBytes });
  if (characters > limitBytes) throw tooLarge(characters, limitBytes);
  const text = JSON.stringify(output) ?? 'null';
  const actualBytes = Buffer.byteLength(text);
  if (actualBytes > limitBytes) throw tooLarge(actualBytes, limitBytes);
  return JSON.parse(text);
}

/**
 * Checks the size of the input of a step.
 * @throws StepFailure `StepSizeLimitExceeded` if the rendered input cannot be stored
 */
export function ensureInputSize(input: unknown): void {
  const { characters } = measureJson(input, { characters: MAX_INPUT_CHARACTERS });
  if (characters <= MAX_INPUT_CHARACTERS) return;
  throw new StepFailure(
    'StepSizeLimitExceeded',
    `The input of the step has more than ${MAX_INPUT_CHARACTERS} characters.`,
    { limitCharacters: MAX_INPUT_CHARACTERS },
  );
}

/** A value as a continued run will read it from the journal. */
export function asJson<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value) ?? 'null');
}

function tooLarge(actualBytes: number, limitBytes: number): StepFailure {
  return new StepFailure(
    'StepSizeLimitExceeded',
    `The output of the step has at least ${actualBytes} bytes; at most ${limitBytes} are allowed. Set \`max-step-size\` to allow more.`,
    { limitBytes, actualBytes },
  );
}
