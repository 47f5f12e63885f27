import { parseDateMath, parseIsoDate } from '../values/date_math.ts';
import { findText } from '../values/find_text.ts';
import { splitPath, valuesAt } from '../values/read_path.ts';
import { ConditionError } from './condition_error.ts';
import type { KqlLiteral, KqlNode, KqlRangeOperator } from './kql_node.ts';

/**
 * Maximum number of comparisons and list members in one evaluation. They take a fraction of a
 * second.
 */
const MAX_READ_VALUES = 500_000;
/**
 * Number of characters of a text in which a piece can be searched in the time of about one
 * comparison.
 */
const CHARACTERS_PER_READ = 128;

/**
 * Evaluates a query against an object, as conditions of workflows need it: a literal is converted
 * to the kind of the value that was found; text is compared as a whole and with upper and lower
 * case; a list matches if one of its members does; a path without a value is false.
 * @param now milliseconds since 1970, for date math
 * @throws ConditionError if it would read more than 500,000 values; a text in which pieces are
 *   searched counts as one value for each 128 characters
 */
export function evaluateKql(node: KqlNode, context: unknown, now: number): boolean {
  return new KqlEvaluation(now).evaluate(node, context);
}

type RangeNode = KqlNode & { kind: 'range' };

class KqlEvaluation {
  readonly #now: number;
  /**
   * Converted literals. They are cached, because each is compared with many values and may be long.
   */
  readonly #paths = new Map<KqlLiteral, { readonly value: readonly string[] }>();
  readonly #dates = new Map<KqlLiteral, { readonly value: number | undefined }>();
  readonly #numbers = new Map<KqlLiteral, { readonly value: number }>();
  #read = 0;

  constructor(now: number) {
    this.#now = now;
  }

  evaluate(node: KqlNode, context: unknown): boolean {
    this.#count();
    switch (node.kind) {
      case 'and':
        return node.nodes.every((each) => this.evaluate(each, context));
      case 'or':
        return node.nodes.some((each) => this.evaluate(each, context));
      case 'not':
        return !this.evaluate(node.node, context);
      case 'nested':
        return this.#some(node.field, context, (each) => this.evaluate(node.node, each));
      case 'is':
        return this.#some(node.field, context, (each) => this.#equals(each, node.value));
      case 'range':
        return this.#some(node.field, context, (each) => this.#inRange(each, node));
      // There is no field to compare with. As in Kibana, a value without a field is false.
      case 'bare':
        return false;
      default:
        return node satisfies never;
    }
  }

  /**
   * Returns `true` if a value of a field matches. If the path ends at a list, the values are its
   * members.
   */
  #some(field: KqlLiteral, context: unknown, fits: (value: unknown) => boolean): boolean {
    const segments = kept(this.#paths, field, splitPath);
    for (const value of valuesAt(context, { segments, visit: () => this.#count() }))
      if (fits(value)) return true;
    return false;
  }

  /**
   * Counts values that are read.
   * @throws ConditionError if there are too many
   */
  #count(reads = 1): void {
    this.#read += reads;
    if (this.#read > MAX_READ_VALUES)
      throw new ConditionError(
        `Invalid condition: it compares more than ${MAX_READ_VALUES} values.`,
      );
  }

  #equals(value: unknown, literal: KqlLiteral): boolean {
    if (value === undefined || value === null) return false;
    // `null` is not text: it never matches, not even the text `null`.
    if (!literal.quoted && literal.text === 'null') return false;
    if (!literal.quoted && literal.pieces.length > 1 && literal.text === '*') return true;
    if (value instanceof Date) return this.#dateOf(literal) === value.getTime();
    switch (typeof value) {
      case 'number':
      case 'bigint':
        return Number(value) === this.#numberOf(literal) || this.#matches(String(value), literal);
      case 'boolean':
        return this.#matches(String(value), literal);
      case 'string':
        return this.#matches(value, literal) || this.#equalsDateMath(value, literal);
      default:
        return false;
    }
  }

  /**
   * Compares a date with date math. Without date math, dates are compared as texts, so different
   * time zones give different texts.
   */
  #equalsDateMath(value: string, literal: KqlLiteral): boolean {
    const date = parseIsoDate(value);
    if (date === undefined) return false;
    const { text } = literal;
    return (text.startsWith('now') || text.includes('||')) && date === this.#dateOf(literal);
  }

  /**
   * Returns `true` if a text consists of the pieces in their order, with anything between them.
   * Each piece is searched once, from the end of the previous one, so the time is linear.
   */
  #matches(text: string, { pieces }: KqlLiteral): boolean {
    const [first = '', ...rest] = pieces;
    const last = rest.pop();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    if (rest.length > 0) this.#count(text.length / CHARACTERS_PER_READ);
    let at = first.length;
    for (const piece of rest) {
      this.#count();
      const found = findText(text, piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  }

  #dateOf(literal: KqlLiteral): number | undefined {
    return kept(this.#dates, literal, (text) => parseDateMath(text, this.#now));
  }

  #numberOf(literal: KqlLiteral): number {
    return kept(this.#numbers, literal, toNumber);
  }

  #inRange(value: unknown, { operator, value: literal }: RangeNode): boolean {
    if (typeof value === 'number' || typeof value === 'bigint') {
      return compares(Number(value), operator, this.#numberOf(literal));
    }
    const date = value instanceof Date ? value.getTime() : dateOf(value);
    const limit = date === undefined ? undefined : this.#dateOf(literal);
    if (date !== undefined && limit !== undefined) return compares(date, operator, limit);
    return typeof value === 'string' && compares(value, operator, literal.text);
  }
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Returns the cached conversion of a literal, or converts it. */
function kept<T>(
  known: Map<KqlLiteral, { readonly value: T }>,
  literal: KqlLiteral,
  read: (text: string) => T,
): T {
  const entry = known.get(literal) ?? { value: read(literal.text) };
  known.set(literal, entry);
  return entry.value;
}

function dateOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseIsoDate(value) : undefined;
}

function compares<T extends number | string>(a: T, operator: KqlRangeOperator, b: T): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return operator satisfies never;
  }
}
