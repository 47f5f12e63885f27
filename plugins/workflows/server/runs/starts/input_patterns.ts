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

/** Milliseconds of all patterns of one schema, whose number has no other bound. */
const MAX_TOTAL_MS = 20_000;
/** Milliseconds of one pattern. Beyond them, the request waited for those of others. */
const MAX_PATTERN_MS = 1_000;
/**
 * Flags of a pattern. JSON Schema means Unicode, in which `\p{L}` is any letter. A pattern that is
 * not valid so is read without it.
 */
const PATTERN_FLAGS = ['u', ''];
/** Characters of one text, and of all texts of one pattern. */
const MAX_TEXT_LENGTH = 100_000;
const MAX_TEXTS_LENGTH = 1_000_000;

/** A text that does not match its schema. */
export interface PatternIssue {
  readonly path: string;
  readonly message: string;
}

/** How {@link patternIssues} compares. */
export interface PatternIssuesOptions {
  readonly patterns: UserPatterns;
  /** Milliseconds of a clock that only goes forward. Default: that of the process. */
  readonly now?: () => number;
}

/**
 * Compares texts with the patterns of their schema, in a process that can be stopped. A pattern
 * that takes too long refuses its texts, and ends the comparison. So do many patterns that take too
 * long together.
 * @throws HttpError 503 if the process ends again and again, which is no fault of the texts
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

/** Compares with the patterns of keys and in alternatives, which the whole schema decides about. */
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
    // JSON Schema knows patterns that this server cannot read: those are not compared.
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

/** The result with the first flags with which the pattern is valid. Undefined: there are none. */
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

/** The failure of a pattern. @throws HttpError 503 if its process has failed; any other error */
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
