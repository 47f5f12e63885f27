import { isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { isRecord } from '../values/read_path.ts';
import { parseWorkflowDocument } from './parse_document.ts';

/** New values of keys at the top level of a workflow. Absent: the key stays unchanged. */
export interface WorkflowEdits {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Order in which keys are added to a text. */
const KEYS = ['name', 'description', 'enabled', 'tags'] as const;

/**
 * Changes keys in the text of a workflow. All other text is kept, with its comments and layout.
 * @returns `undefined`: the text is no YAML object, or the edit is not possible in it, for example
 *   because an alias refers to the old value
 */
export function editWorkflowDocument(text: string, edits: WorkflowEdits): string | undefined {
  let edited: string | undefined = text;
  for (const key of KEYS) {
    const value = edits[key];
    if (edited !== undefined && value !== undefined) edited = editKey(edited, key, value);
  }
  return edited;
}

function editKey(text: string, key: string, value: unknown): string | undefined {
  const before = parseWorkflowDocument(text).value;
  if (!isRecord(before)) return undefined;
  const wanted = { ...before, [key]: value };
  if (isSame(before, wanted)) return text;
  // First replaces only the text of the key. If the result does not parse to the wanted value,
  // rewrites the document, which keeps comments but not all white space.
  for (const edited of [replaced(text, key, value), rewritten(text, key, value)])
    if (edited !== undefined && isSame(parseWorkflowDocument(edited).value, wanted)) return edited;
  return undefined;
}

/**
 * Replaces the text of a value, or adds a line after `name`. `undefined`: not possible in this
 * text.
 */
function replaced(text: string, key: string, value: unknown): string | undefined {
  const { contents } = parseDocument(text, { logLevel: 'silent' });
  if (!isMap(contents)) return undefined;
  const written = Array.isArray(value)
    ? stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })
    : scalarText(value);
  const pair = pairOf(contents, key);
  if (pair === undefined) return withLine(text, contents, `${key}: ${written.trimEnd()}`);
  const [start, end] = rangeOf(pair.value) ?? [];
  if (start === undefined || end === undefined) return undefined;
  // The range of a list or of several lines includes its last line break, which must stay.
  const lineBreak = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
  return `${text.slice(0, start)}${written.trimEnd()}${lineBreak}${text.slice(end)}`;
}

/** Adds a line after the line of `name`. Without a name: before the first key. */
function withLine(text: string, map: YAMLMap, line: string): string | undefined {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const [, end] = rangeOf(pairOf(map, 'name')?.value) ?? [];
  if (end === undefined) {
    const [start] = rangeOf(map.items[0]?.key) ?? [];
    if (start === undefined) return undefined;
    return `${text.slice(0, start)}${line}${lineBreak}${text.slice(start)}`;
  }
  const next = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;
  if (next === 0) return `${text}${lineBreak}${line}${lineBreak}`;
  return `${text.slice(0, next)}${line}${lineBreak}${text.slice(next)}`;
}

function rewritten(text: string, key: string, value: unknown): string | undefined {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (!isMap(document.contents)) return undefined;
  document.set(key, value);
  try {
    return document.toString({ lineWidth: 0 });
  } catch {
    // The edit would remove an anchor that an alias needs.
    return undefined;
  }
}

/**
 * Writes a scalar. A text with line breaks is quoted, so that it does not depend on the
 * indentation.
 */
function scalarText(value: unknown): string {
  const isLong = typeof value === 'string' && /[\r\n]/.test(value);
  return isLong ? JSON.stringify(value) : stringify(value, { lineWidth: 0 });
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  if (!Array.isArray(range)) return undefined;
  const [start, end]: readonly unknown[] = range;
  return typeof start === 'number' && typeof end === 'number' ? [start, end] : undefined;
}

/**
 * Returns `true` if two documents are equal. The order of the keys at the top level does not
 * matter.
 */
function isSame(one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]))
  );
}
