/** A form as a browser submits it without JavaScript. */
export interface SubmittedForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Returns the form that a click on a button of the page's first form submits, with all fields as
 * rendered. Parses only pages of this plugin, not arbitrary HTML.
 * @param button value of the button. Default: the first button
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

/** Returns the URL to which a page sends the browser by itself. `undefined`: the page does not. */
export function continuesTo({ text }: { readonly text: string }): string | undefined {
  const url = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text)?.[1];
  return url && unescapeHtml(url);
}

/** Decodes the character entities that `escapeHtml` of the core creates. */
export function unescapeHtml(html: string): string {
  return html.replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)));
}
