/** A button that submits a form. Without a name it adds no field to the request. */
export interface FormButton {
  readonly name: string | undefined;
  readonly value: string;
}

/** A form of a page, as a user without scripts can use it. */
export interface PageForm {
  readonly method: 'GET' | 'POST';
  /** URL of the form as written in the page; may be relative to the URL of the page. */
  readonly action: string;
  /** Fields that are sent with every button. */
  readonly fields: readonly (readonly [string, string])[];
  readonly buttons: readonly FormButton[];
}

const FORM = /<form\b([^>]*)>([\s\S]*?)<\/form>/gi;
const CONTROL = /<(input|button)\b([^>]*)>/gi;
const ATTRIBUTE = /([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
};

const decode = (text: string): string =>
  text
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\da-f]{1,5});/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replace(
      /&(amp|lt|gt|quot);/gi,
      (whole, name: string) => entities[name.toLowerCase()] ?? whole,
    );

function attributesOf(tag: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of tag.matchAll(ATTRIBUTE)) {
    attributes.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function formOf(head: string, inner: string): PageForm {
  const attributes = attributesOf(head);
  const fields: [string, string][] = [];
  const buttons: FormButton[] = [];
  for (const [, tag = '', rest = ''] of inner.matchAll(CONTROL)) {
    const control = attributesOf(rest);
    const type = control.get('type') ?? (tag.toLowerCase() === 'button' ? 'submit' : 'text');
    const name = control.get('name');
    const value = control.get('value') ?? '';
    if (type === 'submit') buttons.push({ name, value });
    else if (name !== undefined && tag.toLowerCase() === 'input') fields.push([name, value]);
  }
  const method = attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
  return { method, action: attributes.get('action') ?? '', fields, buttons };
}

/**
 * Returns the forms of a page in document order. It parses the pages of the test providers, not
 * HTML in general.
 */
export const parseForms = (html: string): PageForm[] =>
  [...html.matchAll(FORM)].map(([, head = '', inner = '']) => formOf(head, inner));
