import { escapeHtml, type LocalizedText, type TextValues } from '@latchkey/core/common';
import type { HtmlTexts } from '@latchkey/core/server';
import { PAGE_TEXTS } from './page_texts.ts';

/** A link that is drawn as a button. */
export interface PageLink {
  readonly text: LocalizedText;
  /** Path of this server, with base path and space. */
  readonly href: string;
}

/** The only heading of a page. Screen readers begin here, because it gets the focus. */
export function heading(html: string): string {
  return `<h1 tabindex="-1" autofocus>${html}</h1>`;
}

const DRAWINGS = {
  success: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  failure: '<path d="M12 6.5v7M12 17.5v.01"/>',
} as const;

/** Picture above the heading of a result. The heading says the same in words. */
export function mark(kind: keyof typeof DRAWINGS): string {
  return `<div class="mark ${kind}"><svg width="28" height="28" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${DRAWINGS[kind]}</svg></div>`;
}

/** Links below each other, the main one first. Empty without links. */
export function actions(links: readonly PageLink[], text: HtmlTexts): string {
  if (links.length === 0) return '';
  const drawn = links.map(({ text: label, href }, index) => {
    const style = index === 0 ? 'button' : 'button secondary';
    return `<a class="${style}" href="${escapeHtml(href)}">${text(label)}</a>`;
  });
  return `<div class="actions">\n${drawn.join('\n')}\n</div>`;
}

/** Line with the id by which an administrator finds the failure in the log of the server. */
export function referenceLine(reference: string | undefined, text: HtmlTexts): string {
  if (reference === undefined) return '';
  return `<p class="reference">${text(PAGE_TEXTS.reference)} <code>${escapeHtml(reference)}</code></p>`;
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

/** A text with the values of its placeholders. */
export interface FilledText {
  readonly text: LocalizedText;
  readonly values?: TextValues;
}
