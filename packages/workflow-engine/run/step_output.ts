import { measureJson } from '../data_steps/json_size.ts';
import { StepFailure } from '../failures/step_failure.ts';

/** Maximum characters of the input of a step, which is stored together with the output. */
const MAX_INPUT_CHARACTERS = 16_000_000;

/**
 * Copies an output in the way that a continued run reads it from the journal. The size is measured
 * before JSON is created.
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
 * Checks that the rendered input of a step is small enough to be stored.
 * @throws StepFailure `StepSizeLimitExceeded` if it is not
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

/** Copies a value in the way that a continued run reads it from the journal. */
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
