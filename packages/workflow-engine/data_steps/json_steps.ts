import { StepFailure } from '../failures/step_failure.ts';
import { MAX_JSON_CHARACTERS, MAX_JSON_DEPTH, measureJson } from './json_size.ts';
import type { StepInput } from './step_input.ts';

const INDENT = 2;

/**
 * Runs `data.parseJson`: parses the JSON text in `source`. A value that is not text is returned
 * unchanged.
 * @throws StepFailure `InvalidStepInput` when `source` is absent or too large, `InvalidJson` when
 *   the text is not JSON
 */
export function parseJson(input: StepInput): unknown {
  const source = input.value('source');
  if (source === undefined) input.fail('source', 'JSON text');
  if (typeof source !== 'string') return source;
  if (Buffer.byteLength(source) > MAX_JSON_CHARACTERS) {
    throw new StepFailure('InvalidStepInput', '`source` is larger than 10 MB.');
  }
  if (source.trim() === '') throw new StepFailure('InvalidJson', '`source` is empty text.');
  const value = parsed(source);
  checkDepth(depthOf(source));
  return value;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Some messages of the parser quote the text, which may contain secrets, so the quotes are
    // removed.
    const plain = reason
      .replace(/, (?:\.\.\.)?"[\s\S]*" is not valid JSON$/, '')
      .replace(/ in JSON at position \d+ \((line \d+ column \d+)\)$/, ' at $1');
    throw new StepFailure('InvalidJson', `\`source\` is not JSON: ${plain}`);
  }
}

/**
 * Depth of nesting in a valid JSON text. Reading the text is faster than walking through the parsed
 * value.
 */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      isText = !isText;
    } else if (isText) {
      if (character === '\\') at += 1;
    } else if (character === '[' || character === '{') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return deepest;
}

/**
 * Runs `data.stringifyJson`: converts `source` to JSON text.
 * @throws StepFailure `InvalidStepInput` when `source` is absent or nested too deeply,
 *   `OutputTooLarge` when its JSON is too large
 */
export function stringifyJson(input: StepInput): string {
  const source = input.value('source');
  const indent = input.flag('with.pretty') ? INDENT : 0;
  if (source === undefined) input.fail('source', 'a value');
  const { characters, depth } = measureJson(source, { characters: MAX_JSON_CHARACTERS, indent });
  checkDepth(depth);
  if (characters > MAX_JSON_CHARACTERS) throw tooLarge();
  const text = JSON.stringify(source, undefined, indent);
  if (Buffer.byteLength(text) > MAX_JSON_CHARACTERS) throw tooLarge();
  return text;
}

function checkDepth(depth: number): void {
  if (depth <= MAX_JSON_DEPTH) return;
  const message = `\`source\` is nested deeper than ${MAX_JSON_DEPTH} levels.`;
  throw new StepFailure('InvalidStepInput', message);
}

function tooLarge(): StepFailure {
  return new StepFailure('OutputTooLarge', '`source` is larger than 10 MB as JSON.');
}
