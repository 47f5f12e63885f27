import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, readPageStyle } from '@latchkey/core/common';
import {
  createUrlBuilder,
  type PageStory,
  type PageStoryGroup,
  pageStyle,
  securityHeaders,
} from '@latchkey/core/server/mocks';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { transformWithOxc } from 'vite';
import {
  ORIGIN,
  type RenderedStory,
  renderGroups,
  renderInEachWidth,
  type StoriesToRender,
  type View,
} from './examined_page.ts';

const URLS = createUrlBuilder({ basePath: '', publicBaseUrl: ORIGIN });
const SHOWN_PATH = '/shown_page';
/** Name of the font file in a build, which the style sheet looks for. */
const BUILT_FONT = 'inter-latin-wght-normal-story.woff2';
const FONT = 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
const LAYOUT_FINDINGS = 'packages/core/public/boot/layout_findings.ts';

/** Options of {@link renderPages}. */
export interface RenderPagesOptions
  extends Pick<StoriesToRender, 'outDir' | 'onGroup' | 'examinesOnce'> {
  readonly root: string;
  readonly groups: readonly PageStoryGroup[];
  readonly language: Language;
}

/**
 * Renders each state of the pages of the server, in both themes and widths, and examines it with
 * axe and for faults of its layout.
 * @throws Error if there is no Chromium
 */
export function renderPages(options: RenderPagesOptions): Promise<readonly RenderedStory[]> {
  return renderInEachWidth((context, width) => renderWidth(context, { ...options, width }));
}

async function renderWidth(
  context: BrowserContext,
  options: RenderPagesOptions & { readonly width: View['width'] },
): Promise<readonly RenderedStory[]> {
  const { root, groups, language } = options;
  const page = await context.newPage();
  const headers = await securityHeaders(undefined);
  const storyAt = (group: number, story: number): PageStory => {
    const found = groups[group]?.stories[story];
    if (found === undefined) throw new RangeError('There is no story at this position');
    return found;
  };
  return renderGroups(page, {
    ...options,
    groups: groups.map(({ title, stories }) => ({
      title,
      stories: stories.map(({ name }) => name),
    })),
    layoutFindings: await layoutExpression(root),
    show: async ({ group, story: index, theme }) => {
      const story = storyAt(group, index);
      const html = await story.render({ theme, language }, URLS);
      await show(page, { root, story, html, headers });
    },
    // Chromium writes a failed response to a form to the console, which is what the story shows.
    isExpected: (message, { group, story }) =>
      storyAt(group, story).submitted !== undefined && message.includes('Failed to load resource'),
  });
}

/** A page as the server sends it. */
interface SentPage {
  readonly root: string;
  readonly story: PageStory;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Shows a page, and submits its form if the story has one. */
async function show(page: Page, sent: SentPage): Promise<void> {
  const { submitted } = sent.story;
  await page.unrouteAll({ behavior: 'wait' });
  await page.route(`${ORIGIN}/**`, (route) => respond(route, sent));
  await page.goto(`${ORIGIN}${SHOWN_PATH}`);
  await page.evaluate('document.fonts.ready');
  if (submitted === undefined) return;
  for (const [name, value] of Object.entries(submitted.fields))
    await page.fill(`[name="${name}"]`, value);
  await page.click('[type="submit"]');
  await page.waitForSelector('[role="alert"]:not([hidden])');
}

/** Responds to a request of the page as the server would. */
async function respond(route: Route, { root, story, html, headers }: SentPage): Promise<void> {
  const request = route.request();
  const path = new URL(request.url()).pathname;
  if (request.method() === 'POST') return respondToForm(route, story);
  if (path === SHOWN_PATH)
    return route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: html });
  if (path === readPageStyle.path)
    return route.fulfill({ contentType: 'text/css', body: pageStyle([BUILT_FONT]) });
  if (path.endsWith(BUILT_FONT)) return route.fulfill({ path: join(root, FONT) });
  if (path.endsWith('.js') && story.script !== undefined) {
    const body = readFileSync(story.script, 'utf8');
    return route.fulfill({ contentType: 'text/javascript', body });
  }
  return route.fulfill({ status: 204 });
}

function respondToForm(route: Route, { submitted }: PageStory): Promise<void> {
  const response = submitted?.response;
  if (response === undefined) return route.abort('connectionreset');
  const { statusCode, body, headers = {} } = response;
  return route.fulfill({ status: statusCode, headers, json: body });
}

/** Returns an expression that finds faults of the layout in the page that evaluates it. */
async function layoutExpression(root: string): Promise<string> {
  const { code } = await transformWithOxc(
    readFileSync(join(root, LAYOUT_FINDINGS), 'utf8'),
    LAYOUT_FINDINGS,
  );
  return `(() => { ${code.replaceAll(/^export /gm, '')}; return layoutFindings(); })()`;
}
