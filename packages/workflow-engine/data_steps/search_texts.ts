import type { WorkerReply } from '../processes/serve_requests.ts';
import type { PatternRequest, PatternResult } from './pattern_matcher.ts';

/**
 * Maximum characters of all results of one request. It is more than the output of a step may have.
 */
const MAX_OUTPUT_CHARACTERS = 20 * 1024 * 1024;

/** The results need more memory than one request may use. */
class OutputTooLarge extends Error {}

/**
 * Runs a regular expression on texts. This may never end, so only the process for patterns may call
 * it. The size of the results is checked before they are created.
 */
export function searchTexts({
  pattern,
  flags,
  texts,
  replacement,
}: PatternRequest): WorkerReply<readonly PatternResult[]> {
  try {
    const regex = new RegExp(pattern, flags);
    const budget = new Budget();
    const result = texts.map((text) => {
      // A global or sticky pattern would otherwise begin where its last match ended.
      regex.lastIndex = 0;
      return replacement === undefined
        ? firstMatch(regex, text, budget)
        : replaceMatches(regex, text, { replacement, budget });
    });
    return { kind: 'result', result };
  } catch (error) {
    if (error instanceof OutputTooLarge) {
      const message = 'The matches of the pattern are larger than 20 MB.';
      return { kind: 'failed', type: 'OutputTooLarge', message };
    }
    // A syntax error quotes the pattern, which may be long, so the quote is removed.
    const reason = (error instanceof Error ? error.message : String(error)).replace(
      /^Invalid regular expression: [\s\S]*: /,
      '',
    );
    const message = `\`with.pattern\` is not a regular expression that can run: ${reason}`;
    return { kind: 'failed', type: 'InvalidPattern', message };
  }
}

class Budget {
  #characters = 0;

  /**
   * Counts characters of results.
   * @throws OutputTooLarge if there are too many
   */
  use(characters: number): void {
    this.#characters += characters + 1;
    if (this.#characters > MAX_OUTPUT_CHARACTERS) throw new OutputTooLarge();
  }
}

function firstMatch(regex: RegExp, text: string, budget: Budget): PatternResult {
  const match = regex.exec(text);
  if (match === null) return {};
  for (const group of match) budget.use(group?.length ?? 0);
  const groups = [...match];
  return match.groups === undefined ? { groups } : { groups, named: { ...match.groups } };
}

interface Replacement {
  readonly replacement: string;
  readonly budget: Budget;
}

function replaceMatches(regex: RegExp, text: string, options: Replacement): PatternResult {
  options.budget.use(text.length);
  const count = countMatches(regex, text, options);
  regex.lastIndex = 0;
  return { replaced: count === 0 ? text : text.replace(regex, options.replacement), count };
}

/** Counts the matches, and adds the characters that replace them to the budget. */
function countMatches(regex: RegExp, text: string, { replacement, budget }: Replacement): number {
  const references = replacement.split('$').length - 1;
  if (references === 0) {
    const found = regex.global ? (text.match(regex)?.length ?? 0) : Number(regex.test(text));
    budget.use(found * replacement.length);
    return found;
  }
  const usesContext = /\$[`']/.test(replacement);
  let count = 0;
  text.replace(regex, (...args: unknown[]) => {
    count += 1;
    const longest = usesContext ? text.length : longestText(args);
    budget.use(replacement.length + references * longest);
    return '';
  });
  return count;
}

/**
 * Length of the longest group. The last arguments of a replacer are the text and the named groups,
 * which are skipped.
 */
function longestText(args: readonly unknown[]): number {
  const groups = args.slice(
    0,
    args.findIndex((each) => typeof each === 'number'),
  );
  return groups.reduce<number>(
    (longest, group) => (typeof group === 'string' ? Math.max(longest, group.length) : longest),
    0,
  );
}
