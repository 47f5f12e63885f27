import type { JsonSchema } from '../schema/json_schema.ts';
import { descriptionOf, schemasAt, schemasBelow, typeOf } from '../schema/schema_walk.ts';
import { LIQUID_FILTERS, LIQUID_TAGS } from '../templates/liquid_reference.ts';
import { ownProperty } from '../values/read_path.ts';
import { type CompletionContext, TRIGGER_TYPES } from './suggest_values.ts';
import { type Position, positionAt, variablesAt } from './suggestions_at.ts';

/** Description of the word at an offset. Offsets are in UTF-16 units; the end is exclusive. */
export interface Hover {
  readonly start: number;
  readonly end: number;
  /** The word, or the title of the described thing. */
  readonly title: string;
  /** Short text, such as the type of the value. Absent: not known. */
  readonly detail?: string;
  /** Sentences, with `code` in backticks. */
  readonly documentation?: string;
}

/**
 * Describes the key, value, variable, filter or tag at an offset. `undefined`: nothing is known
 * about it.
 */
export function hoverAt(
  text: string,
  offset: number,
  context: CompletionContext,
): Hover | undefined {
  const position = positionAt(text, offset, context);
  if (position === undefined) return undefined;
  const { place, schema, expression } = position;
  if (expression !== undefined) return ofExpression(text, position);
  const word = text.slice(place.start, place.end);
  if (place.kind === 'value') return ofValue(word, position, context);
  const schemas = schemasBelow(schema.schemas, word, schema.root);
  return hover(place, wordsOf(word, schemas));
}

function ofExpression(text: string, position: Position): Hover | undefined {
  const { expression } = position;
  if (expression === undefined) return undefined;
  const word = text.slice(expression.start, expression.end);
  if (expression.kind === 'variable') {
    const schemas = schemasAt(variablesAt(position), [...expression.owner, word]);
    return hover(expression, wordsOf(word, schemas));
  }
  const known = expression.kind === 'filter' ? LIQUID_FILTERS : LIQUID_TAGS;
  const found = known.find(({ name }) => name === word);
  return (
    found &&
    hover(expression, {
      title: `${word}${found.usage ?? ''}`,
      documentation: found.description,
    })
  );
}

function ofValue(
  word: string,
  { place, schema }: Position,
  { registry, connectors }: CompletionContext,
): Hover | undefined {
  const key = place.path.at(-1);
  if (schema.step !== undefined && schema.below.length === 1) {
    const found = key === 'type' ? registry.find(word) : undefined;
    if (found?.kind === 'known' || found?.kind === 'deprecated') {
      const { title, type: detail, description: documentation } = found.step;
      return hover(place, { title, detail, documentation });
    }
    if (found?.kind === 'unavailable')
      return hover(place, { title: word, documentation: found.reason });
    const connector = connectors?.find(({ id, name }) => id === word || name === word);
    if (key === 'connector-id' && connector !== undefined) {
      const { name: title, connectorTypeId: detail, id: documentation } = connector;
      return hover(place, { title, detail, documentation });
    }
  }
  const trigger = TRIGGER_TYPES.find(([type]) => type === word);
  const isTrigger = place.path[0] === 'triggers' && place.path.length === 3 && key === 'type';
  if (isTrigger && trigger !== undefined)
    return hover(place, { title: word, documentation: trigger[1] });
  const hasChoices = schema.schemas.some((each) => ownProperty(each, 'enum') !== undefined);
  return hasChoices ? hover(place, wordsOf(word, schema.schemas)) : undefined;
}

function wordsOf(title: string, schemas: readonly JsonSchema[]): Words {
  return { title, detail: typeOf(schemas), documentation: descriptionOf(schemas) };
}

interface Words {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly documentation?: string | undefined;
}

function hover(
  { start, end }: { readonly start: number; readonly end: number },
  { title, detail, documentation }: Words,
): Hover | undefined {
  if (detail === undefined && documentation === undefined) return undefined;
  return {
    start,
    end,
    title,
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && { documentation }),
  };
}
