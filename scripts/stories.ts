import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, refuse } from './arguments.ts';
import {
  buildStories,
  drawStories,
  GUIDE_FOLDER,
  GUIDE_PICTURES,
  storiesIndex,
  storyFiles,
} from './browser/index.ts';
import { formatDuration, ROOT } from './command.ts';

const USAGE = `Draws every state of every view of the web app, light and dark, 1280 and 400 px wide.

  npm run stories [-- PATH ...] [--language LANGUAGE] [--guide | --once]

  PATH        part of the path of story files: draws these only
  --language  en (default), de or en-XA
  --guide     writes the pictures of docs/user-guide.md as well
  --once      examines each story in one theme and width, in turn, and writes no pictures

Stories are in files *.stories.tsx beside the views. Each is examined with axe. The pictures and an
index page are in dist/stories. The command fails when axe has serious findings, when text is cut
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

const start = performance.now();
const files = storyFiles(ROOT, positionals);
if (files.length === 0) {
  console.error('No story file has this path.');
  process.exit(1);
}
const isOnce = values.once;
const outDir = isOnce
  ? mkdtempSync(join(tmpdir(), 'latchkey_stories_'))
  : join(ROOT, 'dist', 'stories');
const build = join(outDir, 'build');
rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });

const firstLoad = await buildStories(ROOT, { files, outDir: build });
const drawings = await drawStories({
  build,
  firstLoad,
  outDir,
  language: values.language,
  examinesOnce: isOnce,
  onGroup: (title) => console.log(title),
  ...(values.guide
    ? { guide: { folder: join(ROOT, GUIDE_FOLDER), pictures: GUIDE_PICTURES } }
    : {}),
});
if (isOnce) rmSync(outDir, { recursive: true });
else writeFileSync(join(outDir, 'index.html'), storiesIndex(drawings));
const failed = drawings.filter(({ findings }) => findings.length > 0);
for (const { group, story, theme, width, findings } of failed) {
  console.error(`\n${group}, ${story}, ${theme}, ${width} px`);
  for (const finding of findings) console.error(`  ${finding}`);
}
const count = `${drawings.length} views, ${failed.length} with findings`;
const duration = formatDuration(performance.now() - start);
console.log(`\n${count}, in ${duration}${isOnce ? '' : ': dist/stories/index.html'}`);
process.exitCode = failed.length === 0 ? 0 : 1;
