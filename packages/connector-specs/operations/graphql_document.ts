import { z } from 'zod';

/** The selection of all fields of an output, as text of a document: `id team { id key }`. */
export function selectionOf({ shape }: z.ZodObject): string {
  const fields = Object.entries(shape).map(([name, field]) => {
    const object = objectIn(field);
    return object === undefined ? name : `${name} { ${selectionOf(object)} }`;
  });
  return fields.join(' ');
}

/** The object in an optional value or a list. `undefined`: the field contains no object. */
function objectIn(field: unknown): z.ZodObject | undefined {
  if (field instanceof z.ZodObject) return field;
  if (field instanceof z.ZodArray) return objectIn(field.element);
  return field instanceof z.ZodOptional || field instanceof z.ZodNullable
    ? objectIn(field.unwrap())
    : undefined;
}

/** The selection of a list whose pages follow the Relay specification of cursor connections. */
export const connectionOf = (item: z.ZodObject): string =>
  `nodes { ${selectionOf(item)} } pageInfo { hasNextPage endCursor }`;

/** Items and next page of a connection in `data`, for a query whose cursor is `after`. */
export const connectionPages = <const L extends string>(list: L) =>
  ({
    next: 'cursor',
    cursor: 'after',
    path: `${list}.pageInfo.endCursor`,
    hasMore: `${list}.pageInfo.hasNextPage`,
    items: `${list}.nodes`,
  }) as const;

/**
 * A document that requests one field, which gives the operation its name. For example
 * `documentOf('query issue', { id: 'String!' }, z.object({ id, title }))`:
 * query issue($id: String!) { issue(id: $id) { id title } }
 * @param variables types by name. Each variable is the argument of its name, unless `other`
 *   contains it
 * @param output output whose fields are selected, or the text of a selection
 * @param other.args further arguments
 * @param other.parent field with arguments of which the requested field is a part
 */
export function documentOf(
  operation: `${'query' | 'mutation'} ${string}`,
  variables: Readonly<Record<string, string>>,
  output: z.ZodObject | string,
  { args, parent }: { readonly args?: string; readonly parent?: string } = {},
): string {
  const names = Object.keys(variables);
  const declared = names.map((name) => `$${name}: ${variables[name]}`).join(', ');
  const used = new Set(`${args} ${parent}`.match(/(?<=\$)\w+/g));
  const own = names.filter((name) => !used.has(name)).map((name) => `${name}: $${name}`);
  const all = [...own, ...(args === undefined ? [] : [args])].join(', ');
  const selection = typeof output === 'string' ? output : selectionOf(output);
  const field = `${operation.slice(operation.indexOf(' ') + 1)}(${all}) { ${selection} }`;
  const requested = parent === undefined ? field : `${parent} { ${field} }`;
  return `${operation}(${declared}) { ${requested} }`;
}
