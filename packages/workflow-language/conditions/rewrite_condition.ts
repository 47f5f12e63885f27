import { isComputed, sideExpression, sideValue, templatePath } from './comparison_sides.ts';
import { MASK, maskQuotes } from './mask_templates.ts';

/** Operators of other languages that KQL reads as part of a text, and what they mean. */
export const WRONG_OPERATORS = {
  '==': 'equality',
  '===': 'equality',
  '!=': 'inequality',
  '!==': 'inequality',
  '=': 'assignment',
} as const;

/** Finds the first operator of {@link WRONG_OPERATORS} outside quotes and templates. */
export const WRONG_OPERATOR = /(?<![<>\\])(?:[!=]==?|=)/;

/** Path of a field. */
const FIELD = /^[\w.[\]-]+$/;

/** A comparison with an operator of another language. */
export interface Comparison {
  readonly left: string;
  readonly kind: (typeof WRONG_OPERATORS)[keyof typeof WRONG_OPERATORS];
  readonly right: string;
}

/**
 * A comparison with an operator of another language, as a condition that can be evaluated.
 * `undefined`: a side is not a field or a value only.
 *
 * @param isCorrect tells if a text can be read as KQL
 */
export function rewrittenComparison(
  { left, kind, right }: Comparison,
  isCorrect: (text: string) => boolean,
): string | undefined {
  const isNot = kind === 'inequality';
  const field = FIELD.test(left) ? left : undefined;
  if (right === '') return undefined;
  if (field === undefined || isComputed(right)) {
    const expression = comparisonExpression({ left, kind, right });
    return expression && `\${{ ${expression} }}`;
  }
  if (right === 'null' || right === 'nil') return isNot ? `${field} : *` : `not ${field} : *`;
  const comparison = `${field}: ${sideValue(right)}`;
  // The right side may contain what KQL does not read as one value.
  if (!isCorrect(comparison)) return undefined;
  return isNot ? `not ${comparison}` : comparison;
}

/** The inside of a `${{ }}` that compares both sides. `undefined`: a side is something else. */
function comparisonExpression({ left, kind, right }: Comparison): string | undefined {
  const path = FIELD.test(left) ? left : templatePath(left);
  const value = sideExpression(right);
  if (path === undefined || value === undefined) return undefined;
  return `${path} ${kind === 'inequality' ? '!=' : '=='} ${value}`;
}

/**
 * Several comparisons, of which some have operators of other languages, as one condition that can
 * be evaluated: as KQL, or as one expression if a side is computed. `undefined`: a comparison is
 * something else.
 *
 * @param masked the condition with its templates replaced by as many characters
 * @param isCorrect tells if a text can be read as KQL
 */
export function rewrittenCondition(
  text: string,
  masked: string,
  isCorrect: (text: string) => boolean,
): string | undefined {
  const parts = partsOf(text, masked);
  if (parts.length < 2) return undefined;
  const asKql = joined(parts, (part) => rewrittenPart(part, isCorrect));
  if (asKql !== undefined) return isCorrect(asKql) ? asKql : undefined;
  // Liquid evaluates from right to left and has no parentheses, so only equal words are clear.
  if (new Set(parts.flatMap(({ word }) => word ?? [])).size > 1) return undefined;
  const expression = joined(parts, (part) =>
    part.open === '' && part.close === '' && part.comparison !== undefined
      ? comparisonExpression(part.comparison)
      : undefined,
  );
  return expression && `\${{ ${expression} }}`;
}

/** One comparison of a condition, with the text around it. */
interface Part {
  /** Word that connects it with the part before. Absent: it is the first. */
  readonly word?: 'and' | 'or';
  /** Parentheses and `not` before it. */
  readonly open: string;
  readonly text: string;
  readonly close: string;
  /** Absent: it has no operator of another language. */
  readonly comparison?: Comparison;
}

/** Words and operators between two comparisons. */
const CONNECTIVE = /(?<=\s)(?:and|or)(?=\s)|&&|\|\|/gi;

/** Parentheses and `not` before a comparison. */
const OPENING = /^\s*((?:\(\s*|not\s+)*)/i;

function partsOf(text: string, masked: string): readonly Part[] {
  const plain = maskQuotes(masked).replaceAll(/'[^']*'/g, (quoted) => MASK.repeat(quoted.length));
  const parts: Part[] = [];
  let start = 0;
  let word: Part['word'];
  const add = (end: number): void => {
    const [before = '', open = ''] = OPENING.exec(plain.slice(start, end)) ?? [];
    const first = start + before.length;
    let last = end;
    while (last > first && /[\s)]/.test(plain.charAt(last - 1))) last -= 1;
    const inner = text.slice(first, last);
    const operator = WRONG_OPERATOR.exec(plain.slice(first, last));
    parts.push({
      ...(word !== undefined && { word }),
      open,
      text: inner,
      close: plain.slice(last, end).trim(),
      ...(operator !== null && {
        comparison: {
          left: inner.slice(0, operator.index).trim(),
          kind: WRONG_OPERATORS[operator[0] as keyof typeof WRONG_OPERATORS],
          right: inner.slice(operator.index + operator[0].length).trim(),
        },
      }),
    });
  };
  for (const { 0: found, index } of plain.matchAll(CONNECTIVE)) {
    add(index);
    word = /and|&&/i.test(found) ? 'and' : 'or';
    start = index + found.length;
  }
  add(text.length);
  return parts;
}

function rewrittenPart(
  { open, text, close, comparison }: Part,
  isCorrect: (text: string) => boolean,
): string | undefined {
  const written =
    comparison === undefined
      ? isCorrect(text)
        ? text
        : undefined
      : rewrittenComparison(comparison, isCorrect);
  return written === undefined || written.startsWith('${{') ? undefined : open + written + close;
}

function joined(
  parts: readonly Part[],
  write: (part: Part) => string | undefined,
): string | undefined {
  let all = '';
  for (const part of parts) {
    const written = write(part);
    if (written === undefined) return undefined;
    all += part.word === undefined ? written : ` ${part.word} ${written}`;
  }
  return all;
}
