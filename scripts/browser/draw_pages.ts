import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '@latchkey/core/common';
import { createUrlBuilder, type PageStory, type PageStoryGroup } from '@latchkey/core/server/mocks';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { transformWithOxc } from 'vite';
import {
  axeFindings,
  collectMessages,
  type Drawing,
  drawInEachWidth,
  loadAxe,
  ORIGIN,
  pictureOf,
  type View,
  viewsOf,
} from './examined_page.ts';

/** Content security policy of the pages (packages/core/server/http/security_headers.ts). */
const POLICY =
  "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'";
const SHOWN_PATH = '/shown_page';
const STYLE = 'packages/core/server/pages/assets/pages.css';
const FONT = 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
const LAYOUT_FINDINGS = 'packages/core/public/boot/layout_findings.ts';

/** Options of {@link drawPages}. */
export interface DrawPagesOptions {
  readonly root: string;
  readonly groups: readonly PageStoryGroup[];
  /** Folder for pictures. */
  readonly outDir: string;
  readonly language: Language;
  readonly onGroup: (title: string) => void;
  /** As for the stories of the web app ({@link viewsOf}). */
  readonly examinesOnce: boolean;
}

/**
 * Draws each state of the pages that the server renders, in both themes and widths, and examines it
 * with axe and for faults of its layout.
 * @throws Error if there is no Chromium
 */
export function drawPages(options: DrawPagesOptions): Promise<readonly Drawing[]> {
  return drawInEachWidth((context, width) => drawWidth(context, { ...options, width }));
}

async function drawWidth(
  context: BrowserContext,
  options: DrawPagesOptions & { readonly width: View['width'] },
): Promise<readonly Drawing[]> {
  const { groups, width, outDir, onGroup, examinesOnce } = options;
  const page = await context.newPage();
  const layoutFindings = await layoutExpression(options.root);
  const messages = collectMessages(page);
  const drawings: Drawing[] = [];
  for (const { title, stories } of groups) {
    onGroup(`${title}, ${width} px`);
    for (const [index, story] of stories.entries()) {
      for (const view of viewsOf(index, { width, examinesOnce })) {
        messages.length = 0;
        await show(page, story, { ...options, theme: view.theme });
        const picture = pictureOf(title, story.name, view);
        // The screenshot creates the folder.
        if (!examinesOnce)
          await page.screenshot({ path: join(outDir, picture), animations: 'disabled' });
        const unexpected = messages.filter((message) => !isShown(message, story));
        await loadAxe(page);
        const layout = await page.evaluate<readonly string[]>(layoutFindings);
        const findings = [...(await axeFindings(page)), ...layout, ...unexpected];
        drawings.push({ group: title, story: story.name, ...view, picture, findings });
      }
    }
  }
  return drawings;
}

/** Shows a story as the server would send it, and submits its form if it has one. */
async function show(
  page: Page,
  story: PageStory,
  { root, theme, language }: DrawPagesOptions & Pick<View, 'theme'>,
): Promise<void> {
  const urls = createUrlBuilder({ basePath: '', publicBaseUrl: ORIGIN });
  const html = await story.render({ theme, language }, urls);
  await page.unrouteAll({ behavior: 'wait' });
  await page.route(`${ORIGIN}/**`, (route) => answer(route, { html, root, story }));
  await page.goto(`${ORIGIN}${SHOWN_PATH}`);
  await page.evaluate('document.fonts.ready');
  const { submitted } = story;
  if (submitted === undefined) return;
  for (const [name, value] of Object.entries(submitted.fields))
    await page.fill(`[name="${name}"]`, value);
  await page.click('[type="submit"]');
  await page.waitForSelector('[role="alert"]:not([hidden])');
}

async function answer(
  route: Route,
  {
    html,
    root,
    story,
  }: { readonly html: string; readonly root: string; readonly story: PageStory },
): Promise<void> {
  const request = route.request();
  const path = new URL(request.url()).pathname;
  if (request.method() === 'POST') return respondToForm(route, story);
  if (path === SHOWN_PATH) {
    const headers = { 'content-security-policy': POLICY };
    return route.fulfill({ contentType: 'text/html; charset=utf-8', headers, body: html });
  }
  if (path.endsWith('.css')) return route.fulfill({ contentType: 'text/css', body: styleOf(root) });
  if (path.endsWith('.woff2')) return route.fulfill({ path: join(root, FONT) });
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

function styleOf(root: string): string {
  const font = `@font-face { font-family: "Inter Variable"; font-weight: 100 900; src: url("/inter.woff2"); }`;
  return `${font}\n${readFileSync(join(root, STYLE), 'utf8')}`;
}

/** Returns an expression that finds faults of the layout in the page that evaluates it. */
async function layoutExpression(root: string): Promise<string> {
  const { code } = await transformWithOxc(
    readFileSync(join(root, LAYOUT_FINDINGS), 'utf8'),
    LAYOUT_FINDINGS,
  );
  return `(() => { ${code.replaceAll(/^export /gm, '')}; return layoutFindings(); })()`;
}

/** Chromium writes a failed response to a form to the console, which is what the story shows. */
const isShown = (message: string, { submitted }: PageStory): boolean =>
  submitted !== undefined && message.includes('Failed to load resource');
