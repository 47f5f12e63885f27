import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { sourceOffsets } from './source_offset.ts';
import {
  endOfCharacter,
  endOfText,
  replacePart,
  replaceText,
  type SourceEdit,
  type TextPlace,
} from './text_repair.ts';

/** Path from the root of a document, such as `['steps', 0, 'with', 'query']`. */
export type DocumentPath = readonly (string | number)[];

/** A range of a text. Lines and columns count from 1, in UTF-16 units; the end is exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A part of the text at a path. Offsets are in UTF-16 units of the decoded value. */
export interface PartOfText {
  readonly start: number;
  readonly end: number;
}

/**
 * Maximum length of a text in which parts are located, because the offset of each character is
 * kept. In longer texts, the whole text is reported.
 */
const MAX_SEARCHED = 100_000;

interface Source {
  readonly text: string;
  readonly lines: LineCounter;
  readonly document: Document | undefined;
}

/** Finds the positions of values of a document in its text. */
export class DocumentPositions {
  readonly #source: Source;
  readonly #keys = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  readonly #offsets = new WeakMap<Node, Uint32Array>();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Converts offsets in the text to lines and columns. An empty range is extended to one character.
   */
  range(start: number, end: number): TextRange {
    const from = this.#linePosition(start);
    const to = this.#linePosition(Math.max(end, start + 1));
    return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col };
  }

  /**
   * Range of the value at a path. If the path does not exist: range of the nearest object around
   * it.
   */
  ofValue(path: DocumentPath): TextRange {
    const { node, rest } = this.#find(path);
    const [start, end] = node?.range ?? [0, 0];
    // A missing key is reported at the first line of its object, not at all lines of the object.
    if (rest > 0 || isMap(node) || isSeq(node)) return this.#firstLine(start, end);
    if (isScalar(node)) {
      return this.range(start, endOfText(this.#source.text, node as Scalar.Parsed));
    }
    return this.range(start, end);
  }

  /** Range of the key at the end of a path. If there is no key: range of the value. */
  ofKey(path: DocumentPath): TextRange {
    const { key, rest } = this.#find(path);
    if (key?.range === undefined || key.range === null || rest > 0) return this.ofValue(path);
    return this.range(key.range[0], key.range[1]);
  }

  /** Range of a part of the text at a path. Works for plain, quoted and block texts. */
  ofPart(path: DocumentPath, part: PartOfText): TextRange {
    const { node, rest } = this.#find(path);
    if (rest > 0 || !isScalar(node) || typeof node.value !== 'string') return this.ofValue(path);
    if (node.value.length > MAX_SEARCHED) return this.ofValue(path);
    const { start, end } = this.#partOf(node as Scalar.Parsed, part);
    return this.range(start, end);
  }

  /**
   * Range and text that repair the value or the key at a path, or a part of a text. The text has
   * the quotes and escapes that it needs there. The range may be larger than the part, if the
   * quotes have to be changed. `undefined`: the repair cannot be written at this place.
   */
  repair(
    path: DocumentPath,
    at: 'key' | PartOfText | undefined,
    replacement: string,
  ): (TextRange & { readonly replacement: string }) | undefined {
    const { node: value, key, rest, inFlow } = this.#find(path);
    // A key without a value is found in place of its value.
    if (rest > 0 || (at !== 'key' && value === key)) return undefined;
    if (at === 'key' && this.#hasSibling(path, replacement)) return undefined;
    const node = at === 'key' ? key : value;
    const target = this.#resolved(node);
    if (!isScalar(target) || !(isScalar(node) || isAlias(node))) return undefined;
    const place = {
      source: this.#source.text,
      node: node as Scalar.Parsed | Alias.Parsed,
      inFlow,
    };
    const edit =
      typeof at === 'object'
        ? this.#partEdit(place, { ...at, text: replacement }, String(target.value))
        : replaceText(place, replacement);
    return edit && { ...this.range(edit.start, edit.end), replacement: edit.text };
  }

  /**
   * Returns `true` if the object around a key also has another key, which must not appear twice.
   */
  #hasSibling(path: DocumentPath, key: string): boolean {
    const owner = this.#resolved(this.#find(path.slice(0, -1)).node);
    return isMap(owner) && this.#keysOf(owner).has(key);
  }

  #partEdit(
    place: TextPlace,
    { start, end, text }: SourceEdit,
    value: string,
  ): SourceEdit | undefined {
    const changed = value.slice(0, start) + text + value.slice(end);
    const { node } = place;
    // An alias is replaced by the whole text.
    if (isAlias(node)) return replaceText(place, changed);
    if (value.length > MAX_SEARCHED) return undefined;
    const part = { ...this.#partOf(node, { start, end }), text };
    return replacePart({ ...place, node }, part, changed);
  }

  /** The node that an alias stands for. Other nodes are returned unchanged. */
  #resolved(node: Node | null | undefined): Node | null | undefined {
    const { document } = this.#source;
    return isAlias(node) && document !== undefined ? node.resolve(document) : node;
  }

  #partOf(node: Scalar.Parsed, part: PartOfText): PartOfText {
    const offsets = this.#offsetsOf(node);
    const offset = (at: number): number => offsets[Math.min(at, offsets.length - 1)] ?? 0;
    const start = offset(part.start);
    const last = offset(Math.max(part.start, part.end - 1));
    return { start, end: Math.max(start + 1, endOfCharacter(this.#source.text, node, last)) };
  }

  /**
   * Offsets of the characters of a text. Cached, because there may be hundreds of findings in one
   * text.
   */
  #offsetsOf(node: Scalar.Parsed): Uint32Array {
    const kept = this.#offsets.get(node);
    if (kept !== undefined) return kept;
    const offsets = sourceOffsets(this.#source.text, node);
    this.#offsets.set(node, offsets);
    return offsets;
  }

  #firstLine(start: number, end: number): TextRange {
    const newline = this.#source.text.slice(start, end).search(/\r?\n/);
    return this.range(start, newline < 0 ? end : start + newline);
  }

  #find(path: DocumentPath): {
    node: Node | null;
    key: Node | undefined;
    rest: number;
    inFlow: boolean;
  } {
    let node: Node | null = this.#source.document?.contents ?? null;
    let key: Node | undefined;
    let inFlow = false;
    for (const [index, segment] of path.entries()) {
      const next = this.#child(node, segment);
      if (next === undefined) return { node, key, rest: path.length - index, inFlow };
      // What an alias stands for may be inside of `[ ]` or `{ }`.
      if (isAlias(node) || (isCollection(node) && node.flow === true)) inFlow = true;
      ({ node, key } = next);
    }
    return { node, key, rest: 0, inFlow };
  }

  #child(
    node: Node | null,
    segment: string | number,
  ): { node: Node | null; key: Node | undefined } | undefined {
    const target = this.#resolved(node);
    if (isSeq(target)) {
      const item = typeof segment === 'number' ? target.items[segment] : undefined;
      return item === undefined ? undefined : { node: item as Node, key: undefined };
    }
    if (!isMap(target)) return undefined;
    const pair = this.#keysOf(target).get(String(segment));
    if (pair === undefined) return undefined;
    const key = pair.key as Node;
    const value = pair.value as Node | null;
    // A key without a value is reported at the key.
    const isEmpty = value === null || value.range?.[0] === value.range?.[1];
    return { node: isEmpty ? key : value, key };
  }

  /** Keys of an object. Cached, because an object may have thousands of unknown keys. */
  #keysOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const kept = this.#keys.get(map);
    if (kept !== undefined) return kept;
    const keys = new Map<string, Pair>();
    for (const pair of map.items) {
      if (isPair(pair) && isScalar(pair.key)) keys.set(String(pair.key.value), pair);
    }
    this.#keys.set(map, keys);
    return keys;
  }

  #linePosition(offset: number): { line: number; col: number } {
    const { lines, text } = this.#source;
    const position = lines.linePos(Math.min(offset, text.length));
    return position.line === 0 ? { line: 1, col: offset + 1 } : position;
  }
}
