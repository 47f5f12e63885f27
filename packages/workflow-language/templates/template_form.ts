/**
 * How a text of a step is rendered:
 * - `plain`: it has no template and stays as it is.
 * - `value`: the whole text is one `${{ expression }}`, whose value keeps its type.
 * - `text`: any other template; the result is text.
 */
export type TemplateForm =
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'value';
      readonly text: string;
      readonly expression: string;
      /** Start of the expression in the text. */
      readonly offset: number;
    }
  | { readonly kind: 'text'; readonly text: string };

/** Tells how a text is rendered. Space around a whole-text expression does not count. */
export function templateForm(text: string): TemplateForm {
  if (!text.includes('{{') && !text.includes('{%')) return { kind: 'plain', text };
  return wholeExpression(text, '${{') ?? { kind: 'text', text };
}

/**
 * Like {@link templateForm}, for places that evaluate `{{ expression }}` as well, such as the list
 * of a `foreach`.
 */
export function evaluatedForm(text: string): TemplateForm {
  const form = templateForm(text);
  if (form.kind !== 'text') return form;
  const whole = wholeExpression(text, '{{');
  // Two expressions with text between them are a text.
  return whole === undefined || hasDelimiter(whole.expression) ? form : whole;
}

/** Tells if a text is a value that an installation from a library fills in. */
export function isInstallPlaceholder(text: string): boolean {
  return /^__install__\.[\w-]+$/.test(text.trim());
}

/** Tells if an expression contains the delimiters of another one outside of its quoted texts. */
export function hasDelimiter(expression: string): boolean {
  const withoutQuotes = expression.replaceAll(/'[^']*'|"[^"]*"/g, '');
  return withoutQuotes.includes('}}') || withoutQuotes.includes('{{');
}

function wholeExpression(
  text: string,
  open: string,
): (TemplateForm & { kind: 'value' }) | undefined {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const isWhole = text.startsWith(open, start) && text.slice(start, end).endsWith('}}');
  if (!isWhole || end - start < open.length + 2) return undefined;
  const offset = start + open.length;
  return { kind: 'value', text, expression: text.slice(offset, end - 2), offset };
}
