import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGUAGES } from '@latchkey/core/common';
import type { PageStoryGroup } from '@latchkey/core/server/mocks';
import { readArguments, refuse } from './arguments.ts';
import {
  buildStories,
  GUIDE_FOLDER,
  GUIDE_PICTURES,
  renderPages,
  renderStories,
  storiesIndex,
  storyFiles,
} from './browser/index.ts';
import { formatDuration, ROOT } from './command.ts';

const USAGE = `Renders every state of every view of the web app, and of the pages that the server
renders, light and dark, 1280 and 400 px wide.

  npm run stories [-- PATH ...] [--language LANGUAGE] [--guide | --once]

  PATH        part of the path of story files: renders these only
  --language  en (default), de or en-XA
  --guide     writes the pictures of docs/user-guide.md as well
  --once      examines each story in one theme and width, in turn, and writes no pictures

Stories are in files *.stories.tsx beside the views, and *.stories.ts beside the pages. Each is
examined with axe. The pictures and an index page are in dist/stories. The command fails when axe has serious findings, when text is cut
off at the sides or the page scrolls sideways, or when the console has errors or warnings. It needs
Chromium at /usr/bin/chromium or at CHROMIUM_PATH.
`;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    language: { type: 'string', default: 'en' },
    guide: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.guide && values.once) refuse('--guide and --once exclude each other', USAGE);
const language = LANGUAGES.find((known) => known === values.language);
if (language === undefined)
  refuse(`There are no texts in the language [${values.language}]`, USAGE);

const start = performance.now();
const files = storyFiles(ROOT, positionals);
if (files.views.length + files.pages.length === 0) {
  console.error('No story file has this path.');
  process.exit(1);
}
const isOnce = values.once;
const outDir = isOnce
  ? mkdtempSync(join(tmpdir(), 'latchkey_stories_'))
  : join(ROOT, 'dist', 'stories');
rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });

const options = {
  outDir,
  language,
  examinesOnce: isOnce,
  onGroup: (title: string) => console.log(title),
};
const rendered = [...(await renderViews()), ...(await renderServerPages())];
if (isOnce) rmSync(outDir, { recursive: true });
else writeFileSync(join(outDir, 'index.html'), storiesIndex(rendered));
const failed = rendered.filter(({ findings }) => findings.length > 0);
for (const { group, story, theme, width, findings } of failed) {
  console.error(`\n${group}, ${story}, ${theme}, ${width} px`);
  for (const finding of findings) console.error(`  ${finding}`);
}
const count = `${rendered.length} views, ${failed.length} with findings`;
const duration = formatDuration(performance.now() - start);
console.log(`\n${count}, in ${duration}${isOnce ? '' : ': dist/stories/index.html'}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function renderViews(): ReturnType<typeof renderStories> {
  if (files.views.length === 0) return [];
  const build = join(outDir, 'build');
  const firstLoad = await buildStories(ROOT, { files: files.views, outDir: build });
  return renderStories({
    ...options,
    build,
    firstLoad,
    ...(values.guide
      ? { guide: { folder: join(ROOT, GUIDE_FOLDER), pictures: GUIDE_PICTURES } }
      : {}),
  });
}

async function renderServerPages(): ReturnType<typeof renderPages> {
  if (files.pages.length === 0) return [];
  const modules = files.pages.map(
    (file): Promise<{ readonly pageStories: PageStoryGroup }> => import(join(ROOT, file)),
  );
  const groups = (await Promise.all(modules)).map(({ pageStories }) => pageStories);
  return renderPages({ ...options, root: ROOT, groups });
}
