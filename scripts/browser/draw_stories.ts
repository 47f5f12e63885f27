import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { SHELL_PAGE } from '@latchkey/core/common';
import type { AxeResults } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FILE } from './ensure_chromium.ts';
import type { GuidePicture } from './guide_pictures.ts';
import type { FirstLoad } from './write_build.ts';

/** Window widths in CSS pixels. */
const WIDTHS = [1280, 400] as const;
const THEMES = ['light', 'dark'] as const;
const HEIGHT = 800;
/** Origin of the page. There is no server: the responses come from the build folder. */
const ORIGIN = 'http://stories.localhost';
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
const AXE_OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
  resultTypes: ['violations'],
  rules: {
    // This rule is off, because the page of the stories always has the same title.
    'document-title': { enabled: false },
    'empty-table-header': { enabled: true },
  },
};

const REPORTED_IMPACTS: ReadonlySet<string> = new Set(['serious', 'critical']);
/** Rules of axe with a lower impact that are reported as well. */
const REPORTED_RULES: ReadonlySet<string> = new Set(['empty-table-header']);

/** Types of console messages that a story must not cause. */
const REPORTED: ReadonlySet<string> = new Set(['error', 'warning']);

/** Titles of a group and of its stories. */
interface GroupTitles {
  readonly title: string;
  readonly stories: readonly string[];
}

/** One view of a story and its findings. */
export interface Drawing {
  readonly group: string;
  readonly story: string;
  readonly theme: (typeof THEMES)[number];
  readonly width: (typeof WIDTHS)[number];
  /**
   * Path of the picture, relative to the output folder. If `examinesOnce` is true, no picture is
   * written.
   */
  readonly picture: string;
  /**
   * Problems of the story: serious findings of axe, faults of the layout, and messages of the
   * console.
   */
  readonly findings: readonly string[];
}

/** Options of {@link drawStories}. */
export interface DrawOptions {
  /** Folder of the build. */
  readonly build: string;
  readonly firstLoad: FirstLoad;
  /** Folder for pictures. */
  readonly outDir: string;
  readonly language: string;
  readonly onGroup: (title: string) => void;
  /**
   * `true`: each story is examined in one theme and width, in turn, and no picture is written.
   * `undefined`: it is drawn in all themes and widths.
   */
  readonly examinesOnce?: boolean;
  /** Pictures of the user guide to write as well. `undefined`: none. */
  readonly guide?: { readonly folder: string; readonly pictures: readonly GuidePicture[] };
}

/**
 * Draws each story in both themes and widths, and examines it with axe and for faults of its
 * layout.
 * @throws Error if there is no Chromium
 */
export async function drawStories(options: DrawOptions): Promise<readonly Drawing[]> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? CHROMIUM_FILE;
  if (!existsSync(executablePath)) {
    throw new Error(`No Chromium at ${executablePath}. Set CHROMIUM_PATH to its path.`);
  }
  const browser = await chromium.launch({
    executablePath,
    // The popup blocker stays on, so that stories that open windows behave as for users.
    ignoreDefaultArgs: ['--disable-popup-blocking'],
  });
  try {
    const drawings: Drawing[] = [];
    for (const width of WIDTHS) {
      const context = await browser.newContext({
        viewport: { width, height: HEIGHT },
        reducedMotion: 'reduce',
      });
      drawings.push(...(await drawWidth(context, { ...options, width })));
      await context.close();
    }
    return drawings;
  } finally {
    await browser.close();
  }
}

async function drawWidth(
  context: BrowserContext,
  options: DrawOptions & { readonly width: (typeof WIDTHS)[number] },
): Promise<readonly Drawing[]> {
  const { width, outDir, language, onGroup, examinesOnce = false } = options;
  const page = await openStories(context, options);
  const messages: string[] = [];
  page.on('console', (message) => {
    if (REPORTED.has(message.type())) messages.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
  const groups = await page.evaluate<readonly GroupTitles[]>(`${STORIES_PAGE}.list()`);
  const drawings: Drawing[] = [];
  for (const [group, { title, stories }] of groups.entries()) {
    onGroup(`${title}, ${width} px`);
    for (const [story, name] of stories.entries()) {
      const themes = examinesOnce ? themesInTurn(story, width) : THEMES;
      for (const theme of themes) {
        messages.length = 0;
        const view = JSON.stringify({ group, story, theme, language });
        await page.evaluate(`${STORIES_PAGE}.show(${view})`);
        await page.evaluate(`${STORIES_PAGE}.settled()`);
        const folder = fileName(title);
        const picture = `${folder}/${fileName(name)}.${theme}.${width}.png`;
        if (!examinesOnce) {
          mkdirSync(join(outDir, folder), { recursive: true });
          await page.screenshot({ path: join(outDir, picture), animations: 'disabled' });
        }
        if (theme === 'light') await drawGuidePicture(page, options, { group: title, story: name });
        const layout = await page.evaluate<readonly string[]>(`${STORIES_PAGE}.layoutFindings()`);
        const findings = [...(await runAxe(page)), ...layout, ...messages];
        drawings.push({ group: title, story: name, theme, width, picture, findings });
      }
    }
  }
  return drawings;
}

/** Returns the theme in which a story is examined in this width. Empty: it has the other width. */
function themesInTurn(story: number, width: (typeof WIDTHS)[number]): readonly Drawing['theme'][] {
  const turn = story % (WIDTHS.length * THEMES.length);
  const theme = THEMES[Math.floor(turn / WIDTHS.length)];
  return theme !== undefined && WIDTHS[turn % WIDTHS.length] === width ? [theme] : [];
}

/** Draws the story for the user guide, if the guide shows it and the window is wide. */
async function drawGuidePicture(
  page: Page,
  { guide, width }: DrawOptions & { readonly width: number },
  drawn: { readonly group: string; readonly story: string },
): Promise<void> {
  if (guide === undefined || width !== WIDTHS[0]) return;
  const found = guide.pictures.find(
    ({ group, story }) => group === drawn.group && story === drawn.story,
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
  { build, firstLoad }: DrawOptions,
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
  await page.waitForFunction(`${STORIES_PAGE} !== undefined`);
  // The code is evaluated, because the content security policy forbids script elements.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
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

async function runAxe(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(AXE_OPTIONS)})`);
  return violations
    .filter(({ id, impact }) => REPORTED_IMPACTS.has(impact ?? '') || REPORTED_RULES.has(id))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html }) => `axe ${id}: ${help}: ${html.slice(0, 160)}`),
    );
}

const fileName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
