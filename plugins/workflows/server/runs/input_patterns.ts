import { type PatternMatcher, StepFailure } from '@latchkey/workflow-engine';
import {
  type JsonSchema,
  type PatternCheck,
  patternChecks,
  patternMessage,
} from '@latchkey/workflow-language';

/** Patterns of one schema that are compared. Each may take a second. */
const MAX_PATTERNS = 20;
/** Characters of one text, and of all texts of one pattern. */
const MAX_TEXT_LENGTH = 100_000;
const MAX_TEXTS_LENGTH = 1_000_000;

/** A text that does not match its schema. */
export interface PatternIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * Compares texts with the patterns of their schema, in a process that can be stopped. A pattern
 * that takes too long refuses its texts, and ends the comparison.
 */
export async function patternIssues(
  schema: JsonSchema,
  value: unknown,
  patterns: PatternMatcher,
): Promise<readonly PatternIssue[]> {
  const checks = patternChecks(schema, value);
  if (checks.length > MAX_PATTERNS)
    return [{ path: '', message: `The inputs have more than ${MAX_PATTERNS} patterns.` }];
  const issues: PatternIssue[] = [];
  for (const check of checks) {
    const { found, isEnd } = await compared(check, patterns);
    issues.push(...found);
    if (isEnd) break;
  }
  return issues;
}

async function compared(
  { pattern, texts }: PatternCheck,
  patterns: PatternMatcher,
): Promise<{ readonly found: readonly PatternIssue[]; readonly isEnd: boolean }> {
  const path = (texts[0]?.path ?? []).join('.');
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (total > MAX_TEXTS_LENGTH || texts.some(({ text }) => text.length > MAX_TEXT_LENGTH))
    return { found: [{ path, message: 'The text is too long for a pattern.' }], isEnd: false };
  try {
    const results = await patterns.match({
      pattern,
      flags: '',
      texts: texts.map(({ text }) => text),
    });
    const found = texts
      .filter((_, index) => results[index]?.groups === undefined)
      .map((each) => ({ path: each.path.join('.'), message: patternMessage(pattern) }));
    return { found, isEnd: false };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    // JSON Schema knows patterns that this server cannot read: those are not compared.
    if (error.error.type === 'InvalidPattern') return { found: [], isEnd: false };
    const message = `The pattern ${pattern} could not be compared. ${error.message}`;
    return { found: [{ path, message }], isEnd: true };
  }
}
