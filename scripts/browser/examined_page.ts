import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FILE } from './ensure_chromium.ts';

/** Window widths in CSS pixels. */
export const WIDTHS = [1280, 400] as const;
const THEMES = ['light', 'dark'] as const;
/** Window height in CSS pixels. */
const HEIGHT = 800;
/** Origin of the rendered pages. There is no server: responses come from files. */
export const ORIGIN = 'http://stories.localhost';

/** Theme and width in which a story is rendered. */
export interface View {
  readonly theme: (typeof THEMES)[number];
  readonly width: (typeof WIDTHS)[number];
}

/** One view of a story and its findings. */
export interface RenderedStory extends View {
  readonly group: string;
  readonly story: string;
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

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
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
const REPORTED_MESSAGES: ReadonlySet<string> = new Set(['error', 'warning']);

/**
 * Starts Chromium and renders in all widths at the same time, each in a process of its own.
 * @returns the stories of one width after those of the other
 * @throws Error if there is no Chromium
 */
export async function renderInEachWidth(
  render: (context: BrowserContext, width: View['width']) => Promise<readonly RenderedStory[]>,
): Promise<readonly RenderedStory[]> {
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
    const rendered = WIDTHS.map(async (width) => {
      const viewport = { width, height: HEIGHT };
      const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
      return render(context, width);
    });
    return (await Promise.all(rendered)).flat();
  } finally {
    await browser.close();
  }
}

/** Returns the views in which a story is rendered: all, or one in turn. */
function viewsOf(
  story: number,
  { width, examinesOnce }: { readonly width: View['width']; readonly examinesOnce: boolean },
): readonly View[] {
  if (!examinesOnce) return THEMES.map((theme) => ({ theme, width }));
  const turn = story % (WIDTHS.length * THEMES.length);
  const theme = THEMES[Math.floor(turn / WIDTHS.length)];
  return theme !== undefined && WIDTHS[turn % WIDTHS.length] === width ? [{ theme, width }] : [];
}

/** Path of the picture of a view, relative to the output folder. */
function pictureOf(group: string, story: string, { theme, width }: View): string {
  return `${fileName(group)}/${fileName(story)}.${theme}.${width}.png`;
}

const fileName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');

/** Stories to render, and how. */
export interface StoriesToRender {
  readonly groups: readonly { readonly title: string; readonly stories: readonly string[] }[];
  readonly width: View['width'];
  /** Folder for pictures. */
  readonly outDir: string;
  readonly onGroup: (title: string) => void;
  /**
   * `true`: each story is examined in one theme and width, in turn, and no picture is written.
   * `false`: it is rendered in all themes and widths.
   */
  readonly examinesOnce: boolean;
  /** Shows a story in the page, and resolves when it is complete. */
  readonly show: (shown: ShownStory) => Promise<void>;
  /** Expression for the page that returns the faults of the layout. */
  readonly layoutFindings: string;
  /** Returns `true` if a message of the console is what the story shows. Absent: no message is. */
  readonly isExpected?: (message: string, shown: ShownStory) => boolean;
}

/** A story in one theme. `group` and `story` are positions in {@link StoriesToRender.groups}. */
interface ShownStory {
  readonly group: number;
  readonly story: number;
  readonly theme: View['theme'];
}

/** Shows one story after the other in a page, renders and examines it. */
export async function renderGroups(
  page: Page,
  { groups, width, outDir, examinesOnce, layoutFindings, ...stories }: StoriesToRender,
): Promise<readonly RenderedStory[]> {
  const messages = collectMessages(page);
  const rendered: RenderedStory[] = [];
  for (const [group, { title, stories: names }] of groups.entries()) {
    stories.onGroup(`${title}, ${width} px`);
    for (const [story, name] of names.entries()) {
      for (const view of viewsOf(story, { width, examinesOnce })) {
        const shown = { group, story, theme: view.theme };
        messages.length = 0;
        await stories.show(shown);
        const picture = pictureOf(title, name, view);
        // The screenshot creates the folder.
        if (!examinesOnce)
          await page.screenshot({ path: join(outDir, picture), animations: 'disabled' });
        const unexpected = messages.filter((text) => stories.isExpected?.(text, shown) !== true);
        const layout = await page.evaluate<readonly string[]>(layoutFindings);
        const findings = [...(await axeFindings(page)), ...layout, ...unexpected];
        rendered.push({ group: title, story: name, ...view, picture, findings });
      }
    }
  }
  return rendered;
}

/**
 * Collects the errors and warnings that pages write to the console.
 * @returns the messages so far. The caller empties it before a story
 */
function collectMessages(page: Page): string[] {
  const messages: string[] = [];
  page.on('console', (message) => {
    if (REPORTED_MESSAGES.has(message.type())) messages.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
  return messages;
}

/** Returns the serious findings of axe in the page that is shown. Empty: none. */
async function axeFindings(page: Page): Promise<readonly string[]> {
  // The code is evaluated, because the content security policy forbids script elements.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(AXE_OPTIONS)})`);
  return violations
    .filter(({ id, impact }) => REPORTED_IMPACTS.has(impact ?? '') || REPORTED_RULES.has(id))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html }) => `axe ${id}: ${help}: ${html.slice(0, 160)}`),
    );
}
