import type { DocumentPath } from '../document/document_positions.ts';
import { outlineOf } from './outline.ts';
import { type OutlineEntry, type OutlineNode, outlineValue } from './outline_node.ts';

/** Private-use character that marks the cursor, so that an empty place also becomes a value. */
const CURSOR = '\uE001';

/** The key or value at an offset of a text, which may be invalid. */
export interface TextPlace {
  /** `key`: a key of the object at `path`. `value`: the value at `path`. */
  readonly kind: 'key' | 'value';
  readonly path: DocumentPath;
  /** Offset of the key or value without quotes. `end` may be on a later line. */
  readonly start: number;
  readonly end: number;
  readonly style: OutlineNode['style'];
  /** `true`: the value begins on its own line or after a dash, so that it may become an object. */
  readonly mayBeObject: boolean;
  /** `true`: the place is inside brackets, where objects are written in one line. */
  readonly isFlow: boolean;
  /** `true`: the key is followed by a colon. */
  readonly hasColon: boolean;
  /** Column of the key or value, from 0. */
  readonly column: number;
  /** Other keys of the object at `path`. */
  readonly siblings: readonly string[];
  /**
   * The whole text as a value. If the word at the cursor is neither a key nor a value yet, it is
   * left out.
   */
  readonly document: unknown;
  readonly outline: OutlineNode;
}

interface Found {
  readonly kind: TextPlace['kind'];
  readonly path: DocumentPath;
  readonly start: number;
  readonly end: number;
  readonly style: OutlineNode['style'];
  readonly isFlow: boolean;
  readonly hasColon: boolean;
  readonly owner: OutlineNode | undefined;
}

/**
 * Finds the key or value at an offset. `undefined`: the offset is in a comment or between values.
 */
export function placeAt(text: string, offset: number): TextPlace | undefined {
  const marked = text.slice(0, offset) + CURSOR + text.slice(offset);
  const outline = outlineOf(marked);
  const found = find(outline, offset, { path: [], isFlow: false, owner: undefined });
  if (found === undefined) return undefined;
  const { owner, ...place } = found;
  // After a colon or dash, no value begins before a space.
  if (place.style === 'plain' && /^(?:.*:|-)$/.test(text.slice(place.start, offset))) {
    return undefined;
  }
  const siblings = (owner?.entries ?? []).filter(
    (entry) => entry.hasColon && !entry.key.includes(CURSOR),
  );
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const before = text.slice(lineStart, place.start);
  return {
    ...place,
    // The value includes the character that marks the cursor.
    end: place.end - 1,
    mayBeObject: place.style === 'plain' && /^[ \t]*(?:- *)*$/.test(before),
    column: place.start - lineStart,
    siblings: siblings.map(({ key }) => key),
    document: withoutCursor(outlineValue(outline)),
    outline,
  };
}

/**
 * Path of the key or value at an offset. `undefined`: the offset is in a comment or between values.
 */
export function pathAt(text: string, offset: number): DocumentPath | undefined {
  const place = placeAt(text, offset);
  if (place === undefined || place.kind === 'value') return place?.path;
  return [...place.path, text.slice(place.start, place.end)];
}

type Around = Pick<Found, 'path' | 'isFlow' | 'owner'>;

function find(node: OutlineNode, offset: number, around: Around): Found | undefined {
  const { path, owner } = around;
  const isFlow = around.isFlow || node.isFlow === true;
  for (const entry of node.entries ?? []) {
    const key = ofKey(entry, offset, { path, isFlow, owner: node });
    if (key !== undefined) return key;
    const inside = { path: [...path, entry.key], isFlow, owner: node };
    const below = find(entry.value, offset, inside);
    if (below !== undefined) return below;
  }
  for (const [index, item] of (node.items ?? []).entries()) {
    const below = find(item, offset, { path: [...path, index], isFlow, owner: undefined });
    if (below !== undefined) return below;
  }
  if (node.text === undefined || offset < node.start || offset >= node.end) return undefined;
  const isQuoted = node.style === 'quoted';
  return {
    kind: 'value',
    path,
    start: node.start + (isQuoted ? 1 : 0),
    end: isQuoted ? node.start + 1 + node.text.length : node.end,
    style: node.style,
    isFlow,
    hasColon: false,
    owner,
  };
}

function ofKey(
  { start, end, hasColon, key }: OutlineEntry,
  offset: number,
  { path, isFlow, owner }: Around,
): Found | undefined {
  if (offset < start || offset >= end) return undefined;
  const quote = end - start > key.length ? 1 : 0;
  return {
    kind: 'key',
    path,
    start: start + quote,
    end: end - quote,
    style: quote > 0 ? 'quoted' : 'plain',
    isFlow,
    hasColon,
    owner,
  };
}

/**
 * Removes the cursor mark from texts and keys. A text that consists only of the mark becomes null.
 */
function withoutCursor(value: unknown): unknown {
  if (typeof value === 'string') {
    return value === CURSOR ? null : value.replace(CURSOR, '');
  }
  if (Array.isArray(value)) return value.map(withoutCursor);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.replace(CURSOR, ''), withoutCursor(each)]),
  );
}
