import { escapeHtml, readPageStyle } from '../../common/index.ts';
import type { UrlBuilder } from '../http/index.ts';
import type { PageAppearance } from './page_appearance.ts';

/** A page that the server renders without the web app. */
export interface RenderedPage {
  readonly appearance: PageAppearance;
  /** Title as plain text, without the name of the product. The page escapes it. */
  readonly title: string;
  /**
   * Width of the page. `narrow`: a form with a few fields. `result`: one message, centred. `wide`:
   * text to read before a decision.
   */
  readonly layout: 'narrow' | 'result' | 'wide';
  /** Lines of HTML inside `main`. The caller escapes their values. Empty lines are left out. */
  readonly body: readonly string[];
  /** Path of the script of the page. Absent: it has none. */
  readonly scriptPath?: string;
  /** `data-` attributes of the body element, by name without the prefix. */
  readonly data?: Readonly<Record<string, string>>;
  /** Absolute URL to which the browser is sent immediately, even without scripts. */
  readonly continueTo?: string;
}

/** The icon of the web app, beside the name of the product. */
const BRAND = `<header class="brand">
<svg width="28" height="28" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><rect width="24" height="24" rx="5" fill="#0b64dd"/><g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"><circle cx="8.5" cy="12" r="3.5"/><path d="M12 12h7.5M16 12v3M19.5 12v3"/></g></svg>
Latchkey
</header>`;

/** Renders a whole page around its content. It contains no inline style and no inline script. */
export function renderPage(page: RenderedPage, urls: Pick<UrlBuilder, 'path'>): string {
  const { language, theme } = page.appearance;
  const href = (path: string) => escapeHtml(urls.path(path));
  const data = Object.entries(page.data ?? {})
    .map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`)
    .join('');
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">`,
    page.continueTo === undefined
      ? ''
      : `<meta http-equiv="refresh" content="0; url=${escapeHtml(page.continueTo)}">`,
    `<title>${escapeHtml(page.title)} - Latchkey</title>`,
    `<link rel="icon" href="${href('/favicon.ico')}">`,
    `<link rel="stylesheet" href="${href(readPageStyle.path)}">`,
    page.scriptPath === undefined ? '' : `<script src="${href(page.scriptPath)}" defer></script>`,
  ];
  return `<!doctype html>
<html lang="${language}" data-theme="${theme}">
<head>
${lines(head)}
</head>
<body${data}>
${BRAND}
<main class="${page.layout}">
${lines(page.body)}
</main>
</body>
</html>
`;
}

const lines = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n');
