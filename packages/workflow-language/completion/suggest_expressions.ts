import type { JsonSchema } from '../schema/json_schema.ts';
import { descriptionOf, schemaKeys, schemasAt, typeOf } from '../schema/schema_walk.ts';
import { LIQUID_FILTERS, LIQUID_TAGS } from '../templates/liquid_reference.ts';
import type { ExpressionPlace } from './expression_place.ts';
import { type Suggestion, suggestionOf } from './suggestion.ts';

/** Matches names that can be written without brackets in Liquid and in conditions. */
const NAME = /^[A-Za-z_][\w-]*$/;

/** Suggestions inside a template: variables, filters or tags. */
export function suggestExpressions(
  { kind, owner, locals }: ExpressionPlace,
  context: JsonSchema,
): readonly Suggestion[] {
  switch (kind) {
    case 'filter':
      return LIQUID_FILTERS.map(({ name, usage, description }) =>
        suggestionOf('filter', name, {
          ...(usage !== undefined && { detail: usage.trim() }),
          documentation: description,
        }),
      );
    case 'tag':
      return LIQUID_TAGS.map(({ name, usage, description }) =>
        suggestionOf('tag', name, {
          ...(usage !== undefined && { detail: usage.trim() }),
          documentation: description,
        }),
      );
    case 'variable': {
      const known = schemaKeys(schemasAt(context, owner), context).filter(({ name }) =>
        NAME.test(name),
      );
      const own = owner.length === 0 ? [...new Set(locals)] : [];
      return [
        ...known.map(({ name, schemas }) =>
          suggestionOf('variable', name, {
            detail: typeOf(schemas),
            documentation: descriptionOf(schemas),
          }),
        ),
        ...own.map((name) => suggestionOf('variable', name, { detail: 'set in this template' })),
      ];
    }
    default:
      return kind satisfies never;
  }
}

/** Suggests the operators that join comparisons in a condition. */
export function suggestOperators(): readonly Suggestion[] {
  return [
    suggestionOf('operator', 'and', { documentation: 'Both sides are true.' }),
    suggestionOf('operator', 'or', { documentation: 'At least one side is true.' }),
    suggestionOf('operator', 'not', { documentation: 'The comparison after it is false.' }),
  ];
}
