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

/** Types of variables by name. Each variable is the argument of its name. */
type Variables = Readonly<Record<string, string>>;

/** Parts of the document of a list. */
interface ListParts {
  /** Types of the variables by name. */
  readonly variables?: Variables;
  /** Further arguments of the field, for example `filter: { team: $teamId }`. */
  readonly args?: string;
  /** Field with arguments of which the requested field is a part: `team(id: $teamId)`. */
  readonly parent?: string;
}

/**
 * Document and output of an operation that requests one field, which gives the operation its name.
 * For example `fieldOf('query issue', { id: 'String!' }, z.object({ id, title }))`:
 * query issue($id: String!) { issue(id: $id) { id title } }
 * @param output fields of the result, which are selected
 */
export const fieldOf = <O extends z.ZodObject>(
  operation: `${'query' | 'mutation'} ${string}`,
  variables: Variables,
  output: O,
) => ({
  document: documentOf(operation, selectionOf(output), { variables }),
  output: z.object({ [fieldIn(operation)]: output }),
});

/**
 * Document, items and pages of a list whose pages follow the Relay specification of cursor
 * connections, for a query whose cursor is `after`.
 * @param list name of the field
 * @param item fields of an item, which are selected
 */
export const connectionOf = <O extends z.ZodObject>(list: string, item: O, parts: ListParts) => {
  const selection = `nodes { ${selectionOf(item)} } pageInfo { hasNextPage endCursor }`;
  const path = [parts.parent?.replace(/\(.*/, ''), list].filter(Boolean).join('.');
  return {
    document: documentOf(`query ${list}`, selection, parts),
    output: item,
    pages: {
      next: 'cursor',
      cursor: 'after',
      path: `${path}.pageInfo.endCursor`,
      hasMore: `${path}.pageInfo.hasNextPage`,
      items: `${path}.nodes`,
    },
  } as const;
};

/** A document that requests one field. Variables in other parts are not arguments of the field. */
function documentOf(
  operation: string,
  selection: string,
  { variables = {}, args, parent }: ListParts,
): string {
  const names = Object.keys(variables);
  const declared = names.map((name) => `$${name}: ${variables[name]}`).join(', ');
  const used = new Set(`${args} ${parent}`.match(/(?<=\$)\w+/g));
  const own = names.filter((name) => !used.has(name)).map((name) => `${name}: $${name}`);
  const all = [...own, ...(args === undefined ? [] : [args])].join(', ');
  const field = `${fieldIn(operation)}(${all}) { ${selection} }`;
  const requested = parent === undefined ? field : `${parent} { ${field} }`;
  return `${operation}(${declared}) { ${requested} }`;
}

/** The name of the field that an operation requests: the second word of `query issue`. */
function fieldIn(operation: string): string {
  return operation.slice(operation.indexOf(' ') + 1);
}
