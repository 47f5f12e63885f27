/** The form of a page, as a browser without scripts submits it. */
export interface SubmittedForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Presses one of the buttons of the page's first form, with all fields as rendered. Parses only the
 * pages of this plugin, not arbitrary HTML.
 * @param button value of the button; default: the first one
 */
export function submitted({ text }: { readonly text: string }, button?: string): SubmittedForm {
  const [, action, inner = ''] =
    /<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(text) ?? [];
  if (action === undefined) throw new Error('the page has no form');
  const hidden = [...inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const buttons = [...inner.matchAll(/<button[^>]* name="([^"]*)" value="([^"]*)"/g)];
  const pressed = buttons.find(([, , value]) => value === button) ?? buttons[0];
  const pairs = [...hidden, ...(pressed === undefined ? [] : [pressed])];
  return {
    action: unescapeHtml(action),
    fields: Object.fromEntries(
      pairs.map(([, name = '', value = '']) => [unescapeHtml(name), unescapeHtml(value)]),
    ),
  };
}

/** URL to which a page sends the browser automatically. `undefined`: none. */
export function continuesTo({ text }: { readonly text: string }): string | undefined {
  const url = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text)?.[1];
  return url && unescapeHtml(url);
}

/** Reverses core's `escapeHtml`. */
export function unescapeHtml(html: string): string {
  return html.replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)));
}
