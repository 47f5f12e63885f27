/** A text that is completely in quotes. */
const QUOTED = /^(?:'[^']*'|"(?:[^"\\]|\\.)*")$/s;

/** A path that begins with a name under which a run has values. */
const VARIABLE = /^(?:inputs|steps|consts|variables|event)(?:\.[\w-]+|\[\d+\])+$/;

/** Returns `true` if a side of a comparison is completely in quotes. */
export const isQuoted = (side: string): boolean => QUOTED.test(side);

/**
 * Returns `true` if a side of a comparison is a template, or probably means the value of a
 * variable.
 */
export const isComputed = (side: string): boolean => side.includes('{{') || VARIABLE.test(side);

/**
 * Path in a template that contains nothing else, such as `inputs.a` for `{{ inputs.a }}` and
 * `inputs.a.size` for `{{ inputs.a | size }}`. `undefined`: it contains something else.
 */
export function templatePath(template: string): string | undefined {
  const [, path, filter] =
    /^\$?\{\{\s*([\w.[\]"-]+)\s*(\|\s*size\s*)?\}\}$/.exec(template.trim()) ?? [];
  return path === undefined || filter === undefined ? path : `${path}.size`;
}

/**
 * The right side of a comparison, as an expression contains it: a path, a number or a text in
 * quotes. `undefined`: it is not known, for example because it has a wildcard.
 */
export function sideExpression(side: string): string | undefined {
  const inQuotes = isQuoted(side);
  const text = inQuotes ? side.slice(1, -1) : side;
  if (text.includes('{{')) return templatePath(text);
  if (!inQuotes && /^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(text)) return text;
  if (!inQuotes && VARIABLE.test(text)) return text;
  if (/[\\\r\n]|\}\}|\{%/.test(text)) return undefined;
  if (!inQuotes && /[=<>:(){}*"]/.test(text)) return undefined;
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? undefined : `'${text}'`;
}

/** The right side of a comparison, as KQL reads it: a text in single quotes gets double quotes. */
export function sideValue(side: string): string {
  return isQuoted(side) && side.startsWith("'")
    ? `"${side.slice(1, -1).replaceAll(/["\\]/g, '\\$&')}"`
    : side;
}
