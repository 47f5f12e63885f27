import { templateForm } from '../templates/template_form.ts';

/**
 * Private-use character that replaces the text of templates. KQL reads it like an ordinary
 * character.
 */
export const MASK = '\uE000';

/** Replaces each template by the same number of characters, so that offsets stay correct. */
export function maskTemplates(text: string): string {
  if (templateForm(text).kind === 'plain') return text;
  let masked = '';
  let at = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const end = endOfTemplate(text, open + 2);
    // A template that starts later has no end either.
    if (end === undefined) break;
    const start = text[open - 1] === '$' && open > at ? open - 1 : open;
    masked += text.slice(at, start) + MASK.repeat(end - start);
    at = end;
  }
  return masked + text.slice(at);
}

/**
 * Offset after the `}}` that ends the template. A `}}` in quotes does not end it. `undefined`:
 * there is no end.
 */
function endOfTemplate(text: string, start: number): number | undefined {
  let quote: string | undefined;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === '}' && text[at + 1] === '}') {
      return at + 2;
    }
  }
  return undefined;
}

/** Replaces each tag such as `{% if x %}` by the same number of characters. */
export function maskTags(text: string): string {
  return text.replaceAll(/\{%[\s\S]*?%\}/g, (tag) => MASK.repeat(tag.length));
}

/**
 * Replaces each quoted text by the same number of characters. An unclosed quote is not replaced.
 */
export function maskQuotes(text: string): string {
  let masked = '';
  let at = 0;
  for (let open = text.indexOf('"'); open >= 0; open = text.indexOf('"', at)) {
    let end = open + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) break;
    masked += text.slice(at, open) + MASK.repeat(end + 1 - open);
    at = end + 1;
  }
  return masked + text.slice(at);
}
