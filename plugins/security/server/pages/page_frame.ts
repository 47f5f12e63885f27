import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { readLoginStyle } from '../../common/index.ts';
import type { PageAppearance } from './page_appearance.ts';

/** One of the plugin's two pages. */
export interface Page {
  /** Title as plain text. The page escapes it. */
  readonly title: string;
  /** HTML inside `main`. The caller escapes all values that do not come from this plugin. */
  readonly body: string;
  /** Path of the page's script. Absent: the page has none. */
  readonly scriptPath?: string;
  readonly appearance: PageAppearance;
}

/** Renders a whole page around its content. */
export function renderPage(
  { title, body, scriptPath, appearance: { theme, language } }: Page,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const href = (path: string) => escapeHtml(urls.path(path));
  const script =
    scriptPath === undefined ? '' : `\n    <script src="${href(scriptPath)}" defer></script>`;
  return `<!doctype html>
<html lang="${language}" data-theme="${theme}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="${href('/favicon.ico')}">
    <link rel="stylesheet" href="${href(readLoginStyle.path)}">${script}
  </head>
  <body>
    <main>
      ${body}
    </main>
  </body>
</html>
`;
}
