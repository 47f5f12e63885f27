/**
 * How a text of a step is rendered.
 * - `plain`: the text has no template and is not changed.
 * - `value`: the whole text is one `${{ expression }}`, whose value keeps its type.
 * - `text`: any other template; the result is a text.
 */
export type TemplateForm =
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'value';
      readonly text: string;
      readonly expression: string;
      /** Offset of the expression in the text. */
      readonly offset: number;
    }
  | { readonly kind: 'text'; readonly text: string };

/** Tells how a text is rendered. White space around a single expression does not count. */
export function templateForm(text: string): TemplateForm {
  if (!text.includes('{{') && !text.includes('{%')) return { kind: 'plain', text };
  return wholeExpression(text, '${{') ?? { kind: 'text', text };
}

/**
 * Like {@link templateForm}, for places where `{{ expression }}` also keeps the type of its value,
 * such as the list of a `foreach`.
 */
export function evaluatedForm(text: string): TemplateForm {
  const form = templateForm(text);
  if (form.kind !== 'text') return form;
  const whole = wholeExpression(text, '{{');
  // Two expressions with text between them form a text.
  return whole === undefined || hasDelimiter(whole.expression) ? form : whole;
}

/**
 * Returns `true` if a text is a placeholder that is replaced when a workflow of a library is
 * installed.
 */
export function isInstallPlaceholder(text: string): boolean {
  return /^__install__\.[\w-]+$/.test(text.trim());
}

/** Returns `true` if an expression contains the delimiters of another expression outside quotes. */
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
