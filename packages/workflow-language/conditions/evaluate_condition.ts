import { LRUCache } from 'lru-cache';
import type { TemplateContext, TemplateEngine } from '../templates/template_engine.ts';
import { ConditionError } from './condition_error.ts';
import { evaluateKql } from './evaluate_kql.ts';
import { type KqlNode, KqlSyntaxError } from './kql_node.ts';
import { parseKql } from './parse_kql.ts';

/** The values with which a condition is evaluated. */
export interface ConditionScope {
  readonly engine: TemplateEngine;
  readonly context: TemplateContext;
  /** Current time in milliseconds since 1970, for date math. */
  readonly now: number;
}

/** Cache of parsed conditions, because a loop evaluates the same condition for each member. */
const parsed = new LRUCache<string, KqlNode>({
  maxSize: 200_000,
  maxEntrySize: 2_000,
  sizeCalculation: (_, text) => text.length + 1,
});

/**
 * Evaluates a condition of a step: a boolean, a single `${{ expression }}`, or KQL over the
 * context. A missing value counts as false; the texts `true` and `false` count as booleans.
 * @throws ConditionError if the rendered value is a number, null, list or object, if it is not
 *   valid KQL, or if the comparison takes too long
 * @throws TemplateError
 */
export function evaluateCondition(condition: unknown, scope: ConditionScope): boolean {
  const { engine, context, now } = scope;
  return evaluateRendered(engine.render(condition, context), context, now);
}

/**
 * Evaluates a condition whose templates are rendered: a boolean, the text `true` or `false`, or KQL
 * over the context. `undefined` counts as false.
 * @param now milliseconds since 1970, for date math
 * @throws ConditionError under the same conditions as {@link evaluateCondition}
 */
export function evaluateRendered(value: unknown, context: TemplateContext, now: number): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined) return false;
  if (typeof value !== 'string') {
    const kind = Array.isArray(value)
      ? 'a list'
      : value === null
        ? 'null'
        : `of type ${typeof value}`;
    throw new ConditionError(`Invalid condition: its value is ${kind}; expected true or false.`);
  }
  const text = value.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  return evaluateKql(parse(text), context, now);
}

function parse(text: string): KqlNode {
  const kept = parsed.get(text);
  if (kept !== undefined) return kept;
  try {
    const node = parseKql(text);
    parsed.set(text, node);
    return node;
  } catch (error) {
    if (!(error instanceof KqlSyntaxError)) throw error;
    throw new ConditionError(`Invalid condition: ${error.message}`, { cause: error });
  }
}
