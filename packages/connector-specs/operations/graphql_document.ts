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

/**
 * A document that requests one field, which gives the operation its name. For example
 * `documentOf('query issue', { id: 'String!' }, 'id title')`:
 * query issue($id: String!) { issue(id: $id) { id title } }
 * @param variables types by name. Each variable is the argument of its name, unless `other`
 *   contains it
 * @param selection fields to return
 * @param other.args further arguments
 * @param other.parent field with arguments of which the requested field is a part
 */
export function documentOf(
  operation: `${'query' | 'mutation'} ${string}`,
  variables: Readonly<Record<string, string>>,
  selection: string,
  { args, parent }: { readonly args?: string; readonly parent?: string } = {},
): string {
  const names = Object.keys(variables);
  const declared = names.map((name) => `$${name}: ${variables[name]}`).join(', ');
  const used = new Set(`${args} ${parent}`.match(/(?<=\$)\w+/g));
  const own = names.filter((name) => !used.has(name)).map((name) => `${name}: $${name}`);
  const all = [...own, ...(args === undefined ? [] : [args])].join(', ');
  const field = `${operation.slice(operation.indexOf(' ') + 1)}(${all}) { ${selection} }`;
  const requested = parent === undefined ? field : `${parent} { ${field} }`;
  return `${operation}(${declared}) { ${requested} }`;
}
