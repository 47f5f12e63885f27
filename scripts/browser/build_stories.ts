import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build, type InlineConfig, type Plugin } from 'vite';
import { withNodeEnv } from './node_env.ts';
import { ICON_CACHE, viteConfig } from './vite_config.ts';
import { type FirstLoad, readFirstLoad } from './write_build.ts';

const STORIES_MODULE = 'virtual:latchkey/stories';

/** Paths of story files, relative to the root. */
export interface StoryFiles {
  /** Stories of the web app. */
  readonly views: readonly string[];
  /** Stories of the pages that the server renders. */
  readonly pages: readonly string[];
}

/**
 * Finds the story files.
 * @param filters parts of paths. Empty: all files
 */
export function storyFiles(root: string, filters: readonly string[]): StoryFiles {
  const find = (side: string) =>
    globSync([`packages/core/${side}`, `plugins/*/${side}`], { cwd: root })
      .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
      .sort();
  return { views: find('public/**/*.stories.tsx'), pages: find('server/**/*.stories.ts') };
}

/**
 * Builds a page that shows the stories of the files. It is a development build, so that React and
 * EUI warn about wrong use in the console.
 */
export async function buildStories(
  root: string,
  { files, outDir }: { readonly files: readonly string[]; readonly outDir: string },
): Promise<FirstLoad> {
  const config = viteConfig(root, outDir);
  const stories: InlineConfig = {
    ...config,
    mode: 'development',
    plugins: [...(config.plugins ?? []), storiesModule(root, files)],
    build: {
      ...config.build,
      minify: false,
      rolldownOptions: { ...config.build?.rolldownOptions, input: { stories: STORIES_MODULE } },
    },
  };
  await withNodeEnv('development', () => build(stories));
  return readFirstLoad(outDir);
}

function storiesModule(root: string, files: readonly string[]): Plugin {
  const start = join(root, 'packages/core/public/boot/start_stories.tsx');
  const names = files.map((_, index) => `stories${index}`);
  const code = [
    `import ${JSON.stringify(ICON_CACHE)};`,
    `import { startStories } from ${JSON.stringify(start)};`,
    ...files.map(
      (file, index) =>
        `import { stories as ${names[index]} } from ${JSON.stringify(join(root, file))};`,
    ),
    `startStories([${names.join(', ')}]);`,
  ].join('\n');
  const id = `\0${STORIES_MODULE}`;
  return {
    name: 'latchkey-stories',
    resolveId: (source) => (source === STORIES_MODULE ? id : undefined),
    load: (source) => (source === id ? { code, moduleSideEffects: true } : undefined),
  };
}
