import type { JsonSchema } from '../schema/json_schema.ts';
import { record } from '../schema/json_schema.ts';
import type { StepNode } from '../validation/step_tree.ts';
import { contextSchema } from './context_schema.ts';
import { conditionPlace, type ExpressionPlace, templatePlace } from './expression_place.ts';
import { type PlaceSchema, placeSchema, stepsOf } from './place_schema.ts';
import { suggestExpressions, suggestOperators } from './suggest_expressions.ts';
import { type CompletionContext, suggestKeys, suggestValues } from './suggest_values.ts';
import type { Suggestions } from './suggestion.ts';
import { placeAt, type TextPlace } from './text_place.ts';

/** Maximum number of characters of a text with completion. It is the maximum of a workflow. */
const MAX_LENGTH = 1_048_576;

/** The place at an offset of a text, with the schemas of its value and the steps of the text. */
export interface Position {
  readonly place: TextPlace;
  readonly schema: PlaceSchema;
  readonly steps: readonly StepNode[];
  /** The word inside a template or condition. Absent: the offset is outside both. */
  readonly expression?: ExpressionPlace;
  readonly isCondition: boolean;
}

/**
 * Suggests texts at an offset of a workflow, whose text may be invalid: keys, values, step types,
 * connectors, variables, filters and tags. The editor compares the labels with what was typed.
 * @param offset UTF-16 units from the start of the text
 * @returns `undefined`: nothing can be suggested, for example inside a comment
 */
export function suggestionsAt(
  text: string,
  offset: number,
  context: CompletionContext,
): Suggestions | undefined {
  const position = positionAt(text, offset, context);
  if (position === undefined) return undefined;
  const { place, schema, expression, isCondition } = position;
  if (expression !== undefined) {
    const variables = suggestExpressions(expression, variablesAt(position));
    const isStart = expression.owner.length === 0;
    return listOf(expression, [
      ...variables,
      ...(isCondition && isStart ? suggestOperators() : []),
    ]);
  }
  if (place.kind === 'key') return listOf(place, suggestKeys(place, schema));
  // Inside a condition, only fields can be described.
  if (isCondition) return undefined;
  const keys = place.mayBeObject ? suggestKeys(place, schema) : [];
  return listOf(place, [...keys, ...suggestValues(place, schema, context)]);
}

/** Finds the place at an offset. `undefined`: the offset is in a comment or between values. */
export function positionAt(
  text: string,
  offset: number,
  { registry }: Pick<CompletionContext, 'registry'>,
): Position | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const place = placeAt(text, offset);
  if (place === undefined) return undefined;
  const steps = stepsOf(place.document, registry);
  const schema = placeSchema(place.document, place.path, steps);
  const inTemplate =
    place.kind === 'value' && schema.step !== undefined
      ? templatePlace(text, place, offset)
      : undefined;
  const isCondition = place.kind === 'value' && isConditionPath(place, schema);
  const hasTemplate = text.slice(place.start, place.end).includes('{{');
  const expression =
    inTemplate ?? (isCondition && !hasTemplate ? conditionPlace(text, place, offset) : undefined);
  return { place, schema, steps, isCondition, ...(expression !== undefined && { expression }) };
}

/** Variables that can be read at a position, as a JSON Schema. */
export function variablesAt({ place, schema, steps }: Position): JsonSchema {
  const variables = contextSchema(place.document, steps, schema.step);
  const isPerItem =
    schema.step?.stepType?.perItem?.every((key, index) => key === schema.below[index]) ?? false;
  if (!isPerItem) return variables;
  const item = record({}, { description: 'Current member of the list.' });
  const index = { type: 'integer', description: 'Place of the member, from 0.' };
  return { ...variables, properties: { ...Object(variables['properties']), item, index } };
}

/**
 * Returns `true` if a value is a condition: `if`, `condition`, or the condition of an event
 * trigger.
 */
function isConditionPath({ path }: TextPlace, { step, below }: PlaceSchema): boolean {
  if (step === undefined)
    return path[0] === 'triggers' && path.slice(2).join('.') === 'on.condition';
  const key = below.join('.');
  return (
    key === 'if' ||
    key === 'condition' ||
    key === 'with.condition' ||
    key.endsWith('on-failure.retry.condition')
  );
}

function listOf(
  { start, end }: { readonly start: number; readonly end: number },
  items: Suggestions['items'],
): Suggestions {
  return { start, end, items };
}
