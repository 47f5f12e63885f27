import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { readPageStyle } from '../../../common/index.ts';

/** A page outside the application. It works without scripts and without the user interface. */
export interface FramedPage {
  /** Title as plain text. The page escapes it. */
  readonly title: string;
  /** Class of `main`. Decides width and colors. */
  readonly kind: 'success' | 'failure' | 'decision';
  /** HTML inside `main`. The caller escapes untrusted parts. */
  readonly body: readonly string[];
  /** Path of the page's script. Absent: none. */
  readonly scriptPath?: string;
  /** `data-` attributes of the body element, by name without the prefix. */
  readonly data?: Readonly<Record<string, string>>;
  /** Absolute URL to which the browser is sent at once, also without scripts. */
  readonly continueTo?: string;
}

/** Hidden inputs of a form, one line each. Fields that are `undefined` are left out. */
export function hiddenFields(
  fields: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`],
  );
}

/** The page as HTML. Empty lines of `body` are left out. */
export function renderFrame(page: FramedPage, urls: Pick<UrlBuilder, 'path'>): string {
  const href = (path: string): string => escapeHtml(urls.path(path));
  const data = Object.entries(page.data ?? {})
    .map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`)
    .join('');
  const refresh =
    page.continueTo === undefined
      ? ''
      : `<meta http-equiv="refresh" content="0; url=${escapeHtml(page.continueTo)}">\n`;
  const script =
    page.scriptPath === undefined ? '' : `<script src="${href(page.scriptPath)}"></script>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh}<title>${escapeHtml(page.title)} - Latchkey</title>
<link rel="icon" href="${href('/favicon.ico')}">
<link rel="stylesheet" href="${href(readPageStyle.path)}">
</head>
<body${data}>
<main class="${page.kind}">
${page.body.filter((line) => line !== '').join('\n')}
</main>
${script}</body>
</html>
`;
}
