import { parseDateMath, parseIsoDate } from '../values/date_math.ts';
import { splitPath, valuesAt } from '../values/read_path.ts';
import type { KqlLiteral, KqlNode, KqlRangeOperator } from './kql_node.ts';

/**
 * Evaluates a query against an object, as conditions of workflows do: a literal is converted to
 * the kind of the value that was found, text compares whole and with case, any member of a list is
 * enough, and a path that leads nowhere is false.
 *
 * @param now milliseconds since 1970, for date math.
 */
export function evaluateKql(node: KqlNode, context: unknown, now: number): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((each) => evaluateKql(each, context, now));
    case 'or':
      return node.nodes.some((each) => evaluateKql(each, context, now));
    case 'not':
      return !evaluateKql(node.node, context, now);
    case 'nested':
      return members(node.field, context).some((each) => evaluateKql(node.node, each, now));
    case 'is':
      return members(node.field, context).some((each) => equals(each, node.value, now));
    case 'range':
      return members(node.field, context).some((each) => inRange(each, node, now));
    // No field to compare with. Kibana evaluates a bare value to false as well.
    case 'bare':
      return false;
    default:
      return node satisfies never;
  }
}

/** Values of a field. If the path ends at a list, its members are the values. */
function members(field: KqlLiteral, context: unknown): readonly unknown[] {
  return valuesAt(context, splitPath(field.text)).flatMap(flatten);
}

function flatten(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

function equals(value: unknown, literal: KqlLiteral, now: number): boolean {
  if (value === undefined || value === null) return false;
  const isAnything = !literal.quoted && literal.pieces.length > 1 && literal.text === '*';
  if (isAnything) return true;
  if (value instanceof Date) return parseDateMath(literal.text, now) === value.getTime();
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return Number(value) === toNumber(literal.text) || matchesPieces(String(value), literal);
    case 'boolean':
      return matchesPieces(String(value), literal);
    case 'string':
      return matchesPieces(value, literal) || equalsDateMath(value, literal.text, now);
    default:
      return false;
  }
}

/** Only date math makes text compare as a date; two dates in different zones are different text. */
function equalsDateMath(value: string, literal: string, now: number): boolean {
  if (!literal.startsWith('now') && !literal.includes('||')) return false;
  const date = parseIsoDate(value);
  return date !== undefined && date === parseDateMath(literal, now);
}

function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/**
 * Tells if text consists of the pieces in their order, with anything between them. Searches each
 * piece once, so that no pattern costs more than the length of the text for each piece.
 */
function matchesPieces(text: string, { pieces }: KqlLiteral): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

type RangeNode = KqlNode & { kind: 'range' };

function inRange(value: unknown, { operator, value: literal }: RangeNode, now: number): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return compares(Number(value), operator, toNumber(literal.text));
  }
  const date = value instanceof Date ? value.getTime() : dateOf(value);
  const limit = date === undefined ? undefined : parseDateMath(literal.text, now);
  if (date !== undefined && limit !== undefined) return compares(date, operator, limit);
  return typeof value === 'string' && compares(value, operator, literal.text);
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
