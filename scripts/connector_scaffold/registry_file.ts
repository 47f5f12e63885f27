const IMPORT = /^import \{ (\w+) \} from '\.\/(\w+)\/index\.ts';$/gm;
const LIST = /^(export const connectorSpecs.*Object\.freeze\()\[([^\]]*)\]\);$/m;
/** Longest line that the formatter leaves, in characters. */
export const LINE_WIDTH = 100;

/** Compares imports by folder, the order in which the formatter sorts them. */
const byFolder = (a: readonly [string, string], b: readonly [string, string]): number =>
  a[1] < b[1] ? -1 : 1;

/**
 * Formats the list as the formatter does: on one line if it fits, otherwise with one entry per
 * line.
 */
const renderList = (start: string, names: readonly string[]): string => {
  const oneLine = `${start}[${names.join(', ')}]);`;
  return oneLine.length <= LINE_WIDTH ? oneLine : `${start}[\n  ${names.join(',\n  ')},\n]);`;
};

/**
 * Adds a connector to the text of `connectors/index.ts`: to the imports in alphabetical order, and
 * to the list before the first connector with a later name. The order of the others stays, because
 * `docs/openapi.json` has the same order.
 * @throws Error when the text does not have the expected form
 */
export const addToRegistry = (
  text: string,
  entry: { readonly camel: string; readonly snake: string },
): string => {
  const found = [...text.matchAll(IMPORT)];
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined || !LIST.test(text)) {
    throw new Error('connectors/index.ts has an unexpected structure: add the connector by hand');
  }
  const all = [
    ...found.map(([, name = '', folder = '']) => [name, folder] as const),
    [entry.camel, entry.snake] as const,
  ].sort(byFolder);
  const imports = all.map(([name, folder]) => `import { ${name} } from './${folder}/index.ts';`);
  const head = text.slice(0, first.index);
  const tail = text.slice(last.index + last[0].length);
  const folders = new Map(all);
  const isLater = (name: string) => (folders.get(name) ?? '') > entry.snake;
  const withEntry = tail.replace(LIST, (_, start, list) => {
    const names: string[] = list.match(/\w+/g) ?? [];
    const index = names.findIndex(isLater);
    return renderList(start, names.toSpliced(index < 0 ? names.length : index, 0, entry.camel));
  });
  return `${head}${imports.join('\n')}${withEntry}`;
};
