import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of EUI's icons, one module for each. */
const ICONS = '@elastic/eui/optimize/es/components/icon';

/** Icons that components of EUI show on their own, for example in tables and selection fields. */
const ICONS_OF_COMPONENTS = [
  ...['arrowDown', 'arrowLeft', 'arrowRight', 'arrowUp', 'boxesHorizontal', 'check'],
  ...['chevronSingleDown', 'chevronSingleLeft', 'chevronSingleRight', 'chevronSingleUp', 'cross'],
  ...['dot', 'empty', 'eye', 'eyeSlash', 'info', 'search', 'sortDown', 'sortUp', 'sortable'],
];

/**
 * Returns the code of the module that puts icons into EUI's cache. EUI loads every other icon with
 * a request of its own, after the first render.
 */
export function iconModule(root: string): string {
  const files = iconFiles(root);
  const names = [...usedIcons(root, new Set(files.keys()))].sort();
  const imports = names.map(
    (name, index) =>
      `import { icon as icon${index} } from ${JSON.stringify(`${ICONS}/assets/${files.get(name)}`)};`,
  );
  const entries = names.map((name, index) => `  ${name}: icon${index},`);
  return [
    `import { appendIconComponentCache } from '${ICONS}/icon';`,
    ...imports,
    `appendIconComponentCache({\n${entries.join('\n')}\n});`,
    '',
  ].join('\n');
}

/** Returns the file of each icon by its name. */
function iconFiles(root: string): ReadonlyMap<string, string> {
  const map = readFileSync(join(root, 'node_modules', ICONS, 'icon_map.js'), 'utf8');
  const entry =
    /^ {2}(\w+): (?:withMetadata\()?function \w*\(\) \{\s+return import\('\.\/assets\/(\w+)'\)/gm;
  const files = new Map([...map.matchAll(entry)].map(([, name = '', file = '']) => [name, file]));
  if (files.size === 0) throw new Error('The list of icons in EUI has an unexpected format');
  return files;
}

/**
 * Returns the icons that browser code and connector types use: string literals in lines that
 * mention icons.
 */
function usedIcons(root: string, known: ReadonlySet<string>): ReadonlySet<string> {
  const sources = globSync(
    [
      'packages/core/public/**/*.{ts,tsx}',
      'plugins/*/public/**/*.{ts,tsx}',
      'packages/connector-specs/connectors/*/*.ts',
    ],
    {
      cwd: root,
      exclude: (path) => /\.(?:test|stories)\.tsx?$/.test(path),
    },
  );
  const used = new Set(ICONS_OF_COMPONENTS.filter((name) => known.has(name)));
  for (const source of sources) {
    const lines = readFileSync(join(root, source), 'utf8').split('\n');
    for (const line of lines.filter((text) => /icon/i.test(text))) {
      for (const [, literal = ''] of line.matchAll(/['"](\w+)['"]/g)) {
        if (known.has(literal)) used.add(literal);
      }
    }
  }
  return used;
}
