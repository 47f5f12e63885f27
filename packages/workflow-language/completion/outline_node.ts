import type { DocumentPath } from '../document/document_positions.ts';

/**
 * A value of a YAML text, which may be invalid. It is an object if it has `entries`, a list if it
 * has `items`, a text if it has `text`, and otherwise empty. Offsets are in UTF-16 units; the end
 * is exclusive.
 */
export interface OutlineNode {
  start: number;
  end: number;
  /** The text as in the source, but without its quotes and its indentation. */
  text?: string;
  style: 'plain' | 'quoted' | 'block';
  entries?: OutlineEntry[];
  items?: OutlineNode[];
  /** `true`: the value is written with brackets. */
  isFlow?: boolean;
}

/** A key of an object. */
export interface OutlineEntry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** `false`: the colon is missing, because the author is still typing the key. */
  readonly hasColon: boolean;
  readonly value: OutlineNode;
}

/**
 * Converts an outline to a value. Keys without a colon are left out. Numbers and booleans are
 * converted.
 */
export function outlineValue(node: OutlineNode): unknown {
  if (node.entries !== undefined) {
    return Object.fromEntries(
      node.entries
        .filter(({ hasColon }) => hasColon)
        .map(({ key, value }) => [key, outlineValue(value)]),
    );
  }
  if (node.items !== undefined) return node.items.map(outlineValue);
  if (node.text === undefined) return null;
  if (node.style !== 'plain') return node.text;
  if (node.text === 'true' || node.text === 'false') return node.text === 'true';
  return /^-?\d+(?:\.\d+)?$/.test(node.text) ? Number(node.text) : node.text;
}

/** Finds the node at a path. `undefined`: there is none. */
export function outlineAt(node: OutlineNode, path: DocumentPath): OutlineNode | undefined {
  let found: OutlineNode | undefined = node;
  for (const segment of path) {
    found =
      typeof segment === 'number'
        ? found?.items?.[segment]
        : found?.entries?.find(({ key, hasColon }) => hasColon && key === segment)?.value;
  }
  return found;
}

/** Adds a key to an object. */
export function addEntry(node: OutlineNode, entry: OutlineEntry): void {
  node.entries = node.entries ?? [];
  node.entries.push(entry);
}

/** Creates a node for a missing value, at an offset in characters. */
export function emptyNode(at: number): OutlineNode {
  return { start: at, end: at, style: 'plain' };
}

/** Offset after the closing quote. `undefined`: there is none before the limit. */
export function endOfQuoted(text: string, start: number, limit: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < limit; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at += 1;
      else return at + 1;
    }
  }
  return undefined;
}
