import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { SHELL_PAGE } from '@latchkey/core/common';
import { waitUntil } from '@latchkey/core/server/wait_until';
import type { BrowserContext, Page } from 'playwright-core';
import {
  ORIGIN,
  type RenderedStory,
  renderGroups,
  renderInEachWidth,
  type StoriesToRender,
  type View,
  WIDTHS,
} from './examined_page.ts';
import type { GuidePicture } from './guide_pictures.ts';
import type { FirstLoad } from './write_build.ts';

const NONCE = 'stories';
/** Content security policy of the shell page, so that a story fails where the web app would. */
const POLICY = [
  "default-src 'none'; script-src 'self'",
  `style-src 'self' 'nonce-${NONCE}'`,
  "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'",
].join('; ');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
/** Functions of packages/core/public/boot/start_stories.tsx, as an expression for the browser. */
const STORIES_PAGE = 'window.latchkeyStories';

/** Titles of a group and of its stories. */
interface GroupTitles {
  readonly title: string;
  readonly stories: readonly string[];
}

/** Options of {@link renderStories}. */
export interface RenderStoriesOptions
  extends Pick<StoriesToRender, 'outDir' | 'onGroup' | 'examinesOnce'> {
  /** Folder of the build. */
  readonly build: string;
  readonly firstLoad: FirstLoad;
  readonly language: string;
  /** Pictures of the user guide to write as well. `undefined`: none. */
  readonly guide?: { readonly folder: string; readonly pictures: readonly GuidePicture[] };
}

/**
 * Renders each story of the web app in both themes and widths, and examines it with axe and for
 * faults of its layout.
 * @throws Error if there is no Chromium
 */
export function renderStories(options: RenderStoriesOptions): Promise<readonly RenderedStory[]> {
  return renderInEachWidth((context, width) => renderWidth(context, { ...options, width }));
}

async function renderWidth(
  context: BrowserContext,
  options: RenderStoriesOptions & { readonly width: View['width'] },
): Promise<readonly RenderedStory[]> {
  const { language } = options;
  const page = await openStories(context, options);
  const groups = await page.evaluate<readonly GroupTitles[]>(`${STORIES_PAGE}.list()`);
  return renderGroups(page, {
    ...options,
    groups,
    layoutFindings: `${STORIES_PAGE}.layoutFindings()`,
    show: async ({ group, story, theme }) => {
      const view = JSON.stringify({ group, story, theme, language });
      await page.evaluate(`${STORIES_PAGE}.show(${view})`);
      await page.evaluate(`${STORIES_PAGE}.settled()`);
      const { title = '', stories = [] } = groups[group] ?? {};
      if (theme === 'light')
        await writeGuidePicture(page, options, { group: title, story: stories[story] ?? '' });
    },
  });
}

/** Writes the picture of a story for the user guide, if the guide shows it and the view is wide. */
async function writeGuidePicture(
  page: Page,
  { guide, width }: RenderStoriesOptions & { readonly width: number },
  shown: { readonly group: string; readonly story: string },
): Promise<void> {
  if (guide === undefined || width !== WIDTHS[0]) return;
  const found = guide.pictures.find(
    ({ group, story }) => group === shown.group && story === shown.story,
  );
  if (found === undefined) return;
  await page.screenshot({
    path: join(guide.folder, found.file),
    animations: 'disabled',
    clip: { x: found.left ?? 0, y: 0, width: width - (found.left ?? 0), height: found.height },
  });
}

async function openStories(
  context: BrowserContext,
  { build, firstLoad }: RenderStoriesOptions,
): Promise<Page> {
  const page = await context.newPage();
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') {
      const headers = { 'content-security-policy': POLICY };
      await route.fulfill({ contentType: 'text/html', headers, body: storiesHtml(firstLoad) });
      return;
    }
    const path = join(build, name);
    if (existsSync(path)) {
      const contentType = TYPES[extname(name)] ?? 'application/octet-stream';
      await route.fulfill({ path, contentType });
    } else await route.fulfill({ status: 404 });
  });
  await page.goto(`${ORIGIN}/`);
  // `page.waitForFunction` cannot be used: the policy refuses its expressions, except the first
  // time.
  await waitUntil('the stories', () => page.evaluate<boolean>(`${STORIES_PAGE} !== undefined`));
  return page;
}

function storiesHtml({ scripts, styles }: FirstLoad): string {
  const markers = Object.values(SHELL_PAGE.styleMarkers);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta property="${SHELL_PAGE.nonceProperty}" nonce="${NONCE}">
    <title>Stories</title>
    <link rel="icon" href="data:,">
    ${styles.map((file) => `<link rel="stylesheet" href="/${file}">`).join('')}
    ${markers.map((name) => `<meta name="${name}">`).join('')}
    ${scripts.map((file) => `<script type="module" src="/${file}"></script>`).join('')}
  </head>
  <body><div id="${SHELL_PAGE.rootId}"></div></body>
</html>`;
}
