import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';
import type { SentRequest } from './check_request.ts';
import type { OperationFacts } from './facts.ts';
import { fieldsOf, itemsOf } from './output_mask.ts';

/** The values that a request has at one place of an operation, and those that are documented. */
export interface EnumValues {
  /** Name in the query, or path of the field in the body. */
  readonly place: string;
  readonly sent: readonly unknown[];
  readonly documented: readonly unknown[];
}

/** The places of a request for which the vendor documents values. */
export function enumValuesOf(request: SentRequest, operation: OperationFacts): EnumValues[] {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const type = request.contentType?.split(';')[0]?.trim() ?? '';
  const schema = operation.body?.schemas[type];
  return [
    ...operation.parameters.flatMap(({ in: place, name, schema: values, isCommaSeparated }) => {
      const sent = place === 'query' ? query.getAll(name) : [];
      const all = isCommaSeparated ? sent.flatMap((value) => value.split(',')) : sent;
      return all.length === 0 ? [] : valuesAt(all, { anyOf: [values, ...itemsOf(values)] }, name);
    }),
    ...(schema !== undefined && type === 'application/json' && request.body !== ''
      ? valuesBelow(JSON.parse(request.body), schema, '')
      : []),
  ];
}

function valuesBelow(value: unknown, schema: JsonSchema, path: string): EnumValues[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesBelow(item, { anyOf: itemsOf(schema) }, `${path}[]`));
  if (!isRecord(value)) return valuesAt([value], schema, path);
  const fields = fieldsOf(schema);
  return Object.entries(value).flatMap(([name, field]) =>
    valuesBelow(field, { anyOf: fields.get(name) ?? [] }, path === '' ? name : `${path}.${name}`),
  );
}

function valuesAt(sent: readonly unknown[], schema: JsonSchema, place: string): EnumValues[] {
  const documented = optionsOf(schema).filter((value) => value !== null);
  return documented.length < 2 ? [] : [{ place, sent, documented: documented.map(String) }];
}

function optionsOf(schema: JsonSchema): unknown[] {
  const own = Array.isArray(schema['enum']) ? schema['enum'] : [];
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = schema[key];
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
  return [...new Set([...own, ...parts.flatMap(optionsOf)])];
}
