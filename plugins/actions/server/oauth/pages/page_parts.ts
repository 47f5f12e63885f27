import { escapeHtml, type LocalizedText, type TextValues } from '@latchkey/core/common';
import type { HtmlTexts } from '@latchkey/core/server';
import { PAGE_TEXTS } from './page_texts.ts';

/** A link that looks like a button. */
export interface PageLink {
  readonly text: LocalizedText;
  /** Path on this server, with base path and space. */
  readonly href: string;
}

/** Renders the only heading of a page. It gets the focus, so that screen readers begin with it. */
export function heading(html: string): string {
  return `<h1 tabindex="-1" autofocus>${html}</h1>`;
}

const ICONS = {
  success: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  failure: '<path d="M12 6.5v7M12 17.5v.01"/>',
} as const;

/**
 * Renders the symbol above the heading of a result. Hidden from screen readers, because the heading
 * says the same.
 */
export function mark(kind: keyof typeof ICONS): string {
  return `<div class="mark ${kind}"><svg width="28" height="28" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${ICONS[kind]}</svg></div>`;
}

/**
 * Renders links below each other, the most important first. Returns an empty string without links.
 * The links send no `Referer`: with it, a link to the start of an authorization would skip the
 * confirmation page (see `isOwnClick`), and another site may have chosen the link.
 */
export function actions(links: readonly PageLink[], text: HtmlTexts): string {
  if (links.length === 0) return '';
  const rendered = links.map(({ text: label, href }, index) => {
    const style = index === 0 ? 'button' : 'button secondary';
    return `<a class="${style}" href="${escapeHtml(href)}" rel="noreferrer">${text(label)}</a>`;
  });
  return `<div class="actions">\n${rendered.join('\n')}\n</div>`;
}

/** Renders the line with the id by which an administrator finds the failure in the log. */
export function referenceLine(reference: string | undefined, text: HtmlTexts): string {
  if (reference === undefined) return '';
  return `<p class="reference">${text(PAGE_TEXTS.reference)} <code>${escapeHtml(reference)}</code></p>`;
}

/** Renders the hidden inputs of a form. Omits fields that are `undefined`. */
export function hiddenFields(
  fields: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`],
  );
}

/** A text, and the values for its placeholders. */
export interface FilledText {
  readonly text: LocalizedText;
  readonly values?: TextValues;
}
