import { FlowReader } from './flow_outline.ts';
import { addEntry, emptyNode, endOfQuoted, type OutlineNode } from './outline_node.ts';

interface Frame {
  readonly column: number;
  readonly kind: 'object' | 'list';
  readonly node: OutlineNode;
}

/**
 * Maximum nesting of objects and lists. Deeper lines are ignored: texts can nest without limit, but
 * the recursion cannot.
 */
const MAX_DEPTH = 100;

/**
 * Reads objects, lists and texts of a YAML text by their indentation. Unlike a YAML parser, it
 * finds a structure in any text: if a quote or bracket is not closed, the value ends with the lines
 * that are indented deeper than its key. Anchors, aliases, tags, and keys that are not text are not
 * read.
 */
export function outlineOf(text: string): OutlineNode {
  return new OutlineReader(text).read();
}

class OutlineReader {
  readonly #text: string;
  readonly #root = emptyNode(0);
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): OutlineNode {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const content = this.#skipSpaces(start);
      if (this.#isBlank(content)) this.#at = this.#nextLine(content);
      else this.#content(content, content - start);
    }
    return this.#root;
  }

  /** Reads the rest of a line and the further lines of its value. */
  #content(at: number, column: number): void {
    this.#leave(column);
    if (this.#frames.length >= MAX_DEPTH) {
      this.#at = this.#nextLine(at);
      return;
    }
    const after = this.#text[at + 1];
    const isDash = this.#text[at] === '-' && (after === undefined || /\s/.test(after));
    if (isDash) {
      this.#item(at, column);
      return;
    }
    const key = this.#keyAt(at);
    if (key === undefined) this.#bare(at, column);
    else this.#entry(key, column);
  }

  #item(at: number, column: number): void {
    let frame = this.#frames.at(-1);
    if (frame?.kind !== 'list' || frame.column !== column) {
      frame = this.#enter('list', column);
    }
    const item = emptyNode(at + 1);
    frame.node.items = frame.node.items ?? [];
    frame.node.items.push(item);
    const content = this.#skipSpaces(at + 1);
    if (this.#isBlank(content)) this.#at = this.#nextLine(content);
    else if (
      this.#keyAt(content) !== undefined ||
      /^-\s/.test(this.#text.slice(content, content + 2))
    )
      this.#content(content, column + content - at);
    else this.#value(item, content, column);
  }

  #entry({ key, start, end, colon }: Key, column: number): void {
    while (this.#frames.at(-1)?.kind === 'list' && this.#frames.at(-1)?.column === column) {
      this.#frames.pop();
    }
    let frame = this.#frames.at(-1);
    if (frame?.kind !== 'object' || frame.column !== column) {
      frame = this.#enter('object', column);
    }
    const value = emptyNode(colon + 1);
    addEntry(frame.node, { key, start, end, hasColon: true, value });
    const content = this.#skipSpaces(colon + 1);
    if (this.#isBlank(content)) this.#at = this.#nextLine(content);
    else this.#value(value, content, column);
  }

  /** Reads a line without a colon: a key that is still being typed, or a further line of a text. */
  #bare(at: number, column: number): void {
    const frame = this.#frames.at(-1);
    const end = this.#endOfPlain(at);
    if (frame?.kind === 'object' && frame.column === column) {
      const value = emptyNode(end);
      const key = this.#text.slice(at, end);
      addEntry(frame.node, { key, start: at, end, hasColon: false, value });
      this.#at = this.#nextLine(end);
      return;
    }
    const target = this.#current();
    const isEmpty =
      target.text === undefined && target.entries === undefined && target.items === undefined;
    if (isEmpty) {
      this.#value(target, at, frame?.column ?? -1);
      return;
    }
    if (target.text !== undefined) {
      target.text += ` ${this.#text.slice(at, end)}`;
      target.end = end;
    } else if (target.entries !== undefined) {
      const key = this.#text.slice(at, end);
      target.entries.push({ key, start: at, end, hasColon: false, value: emptyNode(end) });
    }
    this.#at = this.#nextLine(end);
  }

  /**
   * Reads a value.
   * @param column column of the key or dash to which the value belongs
   */
  #value(node: OutlineNode, at: number, column: number): void {
    node.start = at;
    const header = /^[|>][0-9+-]*[ \t]*(?:#.*)?\r?(?:\n|$)/.exec(this.#text.slice(at, at + 200));
    if (header !== null) {
      const start = this.#nextLine(at);
      const end = this.#endOfDeeper(start, column);
      Object.assign(node, {
        start,
        end,
        style: 'block',
        text: unindented(this.#text.slice(start, end)),
      });
      this.#at = end;
      return;
    }
    const first = this.#text[at];
    if ((first === '{' && this.#text[at + 1] !== '{') || first === '[') {
      const limit = this.#endOfDeeper(this.#nextLine(at), column);
      const end = new FlowReader(this.#text, limit).node(node, at, 0);
      this.#at = this.#nextLine(end);
    } else if (first === '"' || first === "'") {
      const limit = this.#endOfDeeper(this.#nextLine(at), column);
      const close = endOfQuoted(this.#text, at, limit);
      const end = close ?? this.#endOfLine(at);
      const inside = this.#text.slice(at + 1, close === undefined ? end : close - 1);
      Object.assign(node, { start: at, end, style: 'quoted', text: inside });
      this.#at = this.#nextLine(end);
    } else {
      const end = this.#endOfPlain(at);
      Object.assign(node, { start: at, end, text: this.#text.slice(at, end) });
      this.#at = this.#nextLine(end);
    }
  }

  /** Closes the objects and lists that are indented deeper than a column. */
  #leave(column: number): void {
    while ((this.#frames.at(-1)?.column ?? -1) > column) this.#frames.pop();
  }

  #enter(kind: Frame['kind'], column: number): Frame {
    const frame = { kind, column, node: this.#current() };
    delete frame.node.text;
    this.#frames.push(frame);
    return frame;
  }

  /** The value to which a deeper indented next line belongs. */
  #current(): OutlineNode {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#root;
    const last =
      frame.kind === 'list' ? frame.node.items?.at(-1) : frame.node.entries?.at(-1)?.value;
    return last ?? frame.node;
  }

  #keyAt(at: number): Key | undefined {
    const first = this.#text[at] ?? '';
    const lineEnd = this.#endOfLine(at);
    if (first === '"' || first === "'") {
      const end = endOfQuoted(this.#text, at, lineEnd);
      if (end === undefined) return undefined;
      const colon = this.#skipSpaces(end);
      const isKey = this.#text[colon] === ':' && /\s|^$/.test(this.#text[colon + 1] ?? '');
      return isKey ? { key: this.#text.slice(at + 1, end - 1), start: at, end, colon } : undefined;
    }
    if ('{[#|>'.includes(first)) return undefined;
    const line = this.#text.slice(at, lineEnd);
    const colon = /:(?=\s|$)/.exec(line)?.index;
    const comment = / #/.exec(line)?.index ?? line.length;
    if (colon === undefined || colon > comment) return undefined;
    const key = line.slice(0, colon).trimEnd();
    return { key, start: at, end: at + key.length, colon: at + colon };
  }

  /** Offset of the first line, from `at` on, that is not indented deeper than a column. */
  #endOfDeeper(at: number, column: number): number {
    let end = at;
    while (end < this.#text.length) {
      const content = this.#skipSpaces(end);
      const isDeeper = content - end > column || this.#endOfLine(content) === content;
      if (!isDeeper) break;
      end = this.#nextLine(content);
    }
    return end;
  }

  #endOfPlain(at: number): number {
    const line = this.#text.slice(at, this.#endOfLine(at));
    const comment = /\s#/.exec(line)?.index ?? line.length;
    return at + line.slice(0, comment).trimEnd().length;
  }

  #isBlank(at: number): boolean {
    return this.#text[at] === '#' || this.#endOfLine(at) === at;
  }

  #skipSpaces(at: number): number {
    let next = at;
    while (this.#text[next] === ' ' || this.#text[next] === '\t') next += 1;
    return next;
  }

  /** Offset of the end of the line, before `\n` or `\r\n`. */
  #endOfLine(at: number): number {
    const newline = this.#text.indexOf('\n', at);
    const end = newline < 0 ? this.#text.length : newline;
    return end > at && this.#text[end - 1] === '\r' ? end - 1 : end;
  }

  #nextLine(at: number): number {
    const newline = this.#text.indexOf('\n', at);
    return newline < 0 ? this.#text.length : newline + 1;
  }
}

interface Key {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly colon: number;
}

/** Text of a block without the indentation of its first line. */
function unindented(block: string): string {
  const indent = /^ */.exec(block.replace(/^\s*\n/, ''))?.[0].length ?? 0;
  return block
    .split('\n')
    .map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)))
    .join('\n')
    .trimEnd();
}
