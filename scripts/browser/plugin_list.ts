import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { discoverPlugins } from '@latchkey/core/server/lifecycle';

/** One plugin of the web app. */
export interface BrowserPluginSource {
  readonly id: string;
  /** Absolute path of its `public/index.ts`. */
  readonly entry: string;
  /** Ids of the plugins whose contracts it gets. All of them are part of the web app. */
  readonly dependencies: readonly string[];
}

/**
 * Returns the plugins with browser code, each after its dependencies. Dependencies without browser
 * code are left out: they exist on the server only.
 * @throws Error when a manifest says `browser: true` and `public/index.ts` does not exist
 */
export function listBrowserPlugins(root: string): readonly BrowserPluginSource[] {
  const plugins = discoverPlugins(join(root, 'plugins')).filter(({ hasBrowser }) => hasBrowser);
  const known = new Set(plugins.map(({ id }) => id));
  return plugins.map(({ id, folder, requiredPlugins, optionalPlugins }) => {
    const entry = join(folder, 'public', 'index.ts');
    if (!existsSync(entry)) {
      throw new Error(`Plugin ${id}: kibana.jsonc says browser: true, but ${entry} does not exist`);
    }
    return {
      id,
      entry,
      dependencies: [...requiredPlugins, ...optionalPlugins].filter((other) => known.has(other)),
    };
  });
}

/**
 * Returns the code of the module that starts the web app with these plugins.
 * @param modules paths of further modules that it imports
 */
export function startModule(
  plugins: readonly BrowserPluginSource[],
  modules: { readonly startBrowser: string; readonly icons: string },
): string {
  const imports = plugins.map(
    ({ entry }, index) => `import { plugin as plugin${index} } from ${JSON.stringify(entry)};`,
  );
  const list = plugins.map(
    ({ id, dependencies }, index) =>
      `  { id: ${JSON.stringify(id)}, dependencies: ${JSON.stringify(dependencies)}, create: plugin${index} },`,
  );
  return [
    `import ${JSON.stringify(modules.icons)};`,
    `import { startBrowser } from ${JSON.stringify(modules.startBrowser)};`,
    ...imports,
    `startBrowser([\n${list.join('\n')}\n]);`,
    '',
  ].join('\n');
}
