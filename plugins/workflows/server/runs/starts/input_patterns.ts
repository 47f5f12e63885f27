import { HttpError } from '@latchkey/core/server';
import {
  hasProcessFailed,
  type PatternMatcher,
  type SchemaRequest,
  StepFailure,
  type UserPatterns,
} from '@latchkey/workflow-engine';
import {
  hasConditionalPatterns,
  type JsonSchema,
  type PatternCheck,
  patternChecks,
  patternMessage,
} from '@latchkey/workflow-language';

/**
 * Maximum milliseconds for all patterns of one schema. The number of patterns has no other limit.
 */
const MAX_TOTAL_MS = 20_000;
/**
 * Maximum milliseconds that one pattern counts towards {@link MAX_TOTAL_MS}. A comparison that
 * lasts longer has waited for patterns of other requests.
 */
const MAX_PATTERN_MS = 1_000;
/**
 * Flags with which a pattern is tried, in this order. JSON Schema means Unicode, in which `\p{L}`
 * is any letter. A pattern that is not valid with the flag `u` is read without it.
 */
const PATTERN_FLAGS = ['u', ''];
/** Maximum characters of one text. */
const MAX_TEXT_LENGTH = 100_000;
/** Maximum characters of all texts that are compared with one pattern. */
const MAX_TEXTS_LENGTH = 1_000_000;

/** A text that does not match its pattern, or could not be compared. */
export interface PatternIssue {
  readonly path: string;
  readonly message: string;
}

/** Options of {@link patternIssues}. */
export interface PatternIssuesOptions {
  readonly patterns: UserPatterns;
  /** Returns milliseconds of a monotonic clock. Default: the clock of the process. */
  readonly now?: () => number;
}

/**
 * Compares texts with the patterns of their schema, in a process that can be stopped. If a pattern,
 * or all patterns together, take too long, the texts are refused and the comparison ends.
 * @throws HttpError 503 if the process ends repeatedly, which the texts do not cause
 */
export async function patternIssues(
  schema: JsonSchema,
  value: unknown,
  { patterns, now = () => performance.now() }: PatternIssuesOptions,
): Promise<readonly PatternIssue[]> {
  const issues: PatternIssue[] = [];
  let totalMs = 0;
  for (const check of patternChecks(schema, value)) {
    if (totalMs >= MAX_TOTAL_MS) {
      const message = `The patterns of the texts take longer than ${MAX_TOTAL_MS / 1_000} s.`;
      return [...issues, { path: pathOf(check), message }];
    }
    const startedAt = now();
    const { found, isEnd } = await compared(check, patterns);
    totalMs += Math.min(now() - startedAt, MAX_PATTERN_MS);
    issues.push(...found);
    if (isEnd) return issues;
  }
  if (issues.length > 0 || !hasConditionalPatterns(schema)) return issues;
  return conditionalIssues({ schema, value }, patterns);
}

/**
 * Compares patterns of property names and patterns in alternatives. These need a check of the value
 * against the whole schema.
 */
async function conditionalIssues(
  request: SchemaRequest,
  patterns: UserPatterns,
): Promise<readonly PatternIssue[]> {
  try {
    const mismatches = await patterns.mismatches(request);
    return mismatches.map(({ path, message }) => ({ path: path.join('.'), message }));
  } catch (error) {
    const { message } = failureOf(error);
    return [{ path: '', message: `The patterns could not be compared. ${message}` }];
  }
}

async function compared(
  check: PatternCheck,
  patterns: PatternMatcher,
): Promise<{ readonly found: readonly PatternIssue[]; readonly isEnd: boolean }> {
  const { pattern, texts } = check;
  const path = pathOf(check);
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (total > MAX_TEXTS_LENGTH || texts.some(({ text }) => text.length > MAX_TEXT_LENGTH))
    return { found: [{ path, message: 'The text is too long for a pattern.' }], isEnd: false };
  try {
    const compare = { pattern, texts: texts.map(({ text }) => text) };
    const results = await firstValid(PATTERN_FLAGS, (flags) =>
      patterns.match({ ...compare, flags }),
    );
    // JSON Schema allows patterns that JavaScript cannot read. They are ignored.
    if (results === undefined) return { found: [], isEnd: false };
    const found = texts
      .filter((_, index) => results[index]?.groups === undefined)
      .map((each) => ({ path: each.path.join('.'), message: patternMessage(pattern) }));
    return { found, isEnd: false };
  } catch (error) {
    const message = `The pattern ${pattern} could not be compared. ${failureOf(error).message}`;
    return { found: [{ path, message }], isEnd: true };
  }
}

/**
 * Result with the first flags with which the pattern is valid. `undefined`: the pattern is invalid
 * with all flags.
 */
async function firstValid<Result>(
  flags: readonly string[],
  match: (flags: string) => Promise<Result>,
): Promise<Result | undefined> {
  for (const each of flags) {
    try {
      return await match(each);
    } catch (error) {
      const isInvalid = error instanceof StepFailure && error.error.type === 'InvalidPattern';
      if (!isInvalid) throw error;
    }
  }
  return undefined;
}

/**
 * The reason why a pattern could not be compared.
 * @throws HttpError 503 if the process has failed; any other error is thrown again
 */
function failureOf(error: unknown): StepFailure {
  if (hasProcessFailed(error))
    throw new HttpError(
      503,
      'The server cannot check the inputs against their patterns now. Try again.',
      { cause: error },
    );
  if (!(error instanceof StepFailure)) throw error;
  return error;
}

function pathOf({ texts }: PatternCheck): string {
  return (texts[0]?.path ?? []).join('.');
}
