/** A field of a GraphQL operation with its arguments. */
interface GraphqlField {
  readonly name: string;
  readonly arguments: unknown;
}

const HEADER = /^\s*(?:query|mutation)\s+\w+\s*(?:\([^)]*\))?\s*\{\s*/;
const FIELD = /(\w+)\s*\(([^()]*)\)/g;
const TOKEN = /"(?:[^"\\]|\\.)*"|\$\w+|-?[\w.]+|[{}[\]:]/g;

/**
 * The fields of a GraphQL operation that have arguments, and the first field, with variables
 * replaced by their values. Two documents that differ in the selected fields only have the same.
 */
export function graphqlCall({
  query,
  variables = {},
}: {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}): readonly GraphqlField[] {
  const selection = query.replace(HEADER, '');
  const [first = ''] = /^\w+/.exec(selection) ?? [];
  const fields = [...selection.matchAll(FIELD)].map(([, name = '', text = '']) => ({
    name,
    arguments: argumentsOf(text, variables),
  }));
  return fields[0]?.name === first ? fields : [{ name: first, arguments: {} }, ...fields];
}

function argumentsOf(text: string, variables: Readonly<Record<string, unknown>>): unknown {
  const tokens = ['{', ...(text.match(TOKEN) ?? []), '}'];
  const readValue = (): unknown => {
    const token = tokens.shift() ?? '';
    if (token === '{') {
      const entries: [string, unknown][] = [];
      while (tokens[0] !== '}' && tokens.length > 0) {
        const name = tokens.shift() ?? '';
        // The colon.
        tokens.shift();
        entries.push([name, readValue()]);
      }
      tokens.shift();
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    if (token === '[') {
      const items: unknown[] = [];
      while (tokens[0] !== ']' && tokens.length > 0) items.push(readValue());
      tokens.shift();
      return items;
    }
    if (token.startsWith('$')) return variables[token.slice(1)];
    // A name is a value of an enum, which variables have as text.
    return /^[a-z_]/i.test(token) && !['true', 'false', 'null'].includes(token)
      ? token
      : JSON.parse(token);
  };
  return readValue();
}
