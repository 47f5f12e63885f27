import { emptyNode, endOfQuoted, type OutlineEntry, type OutlineNode } from './outline_node.ts';

/** Maximum nesting of brackets. */
const MAX_FLOW_DEPTH = 100;

/**
 * Reads values in brackets. If a closing bracket is missing, the value ends at the given limit.
 * Offsets count characters of the text.
 */
export class FlowReader {
  readonly #text: string;
  readonly #limit: number;

  constructor(text: string, limit: number) {
    this.#text = text;
    this.#limit = limit;
  }

  /** Reads a value into the node. Returns the offset after the value. */
  node(node: OutlineNode, start: number, depth: number): number {
    node.start = start;
    const first = this.#text[start];
    let end: number;
    if (depth < MAX_FLOW_DEPTH && (first === '{' || first === '[')) {
      node.isFlow = true;
      end = first === '{' ? this.#object(node, depth) : this.#list(node, depth);
    } else {
      end = this.#scalar(node);
    }
    node.end = end;
    return end;
  }

  #object(node: OutlineNode, depth: number): number {
    const entries: OutlineEntry[] = [];
    node.entries = entries;
    let at = this.#skip(node.start + 1);
    while (at < this.#limit && this.#text[at] !== '}') {
      const start = at;
      const end = this.#endOfToken(start, true);
      const value = emptyNode(end);
      const isQuoted = /["']/.test(this.#text[start] ?? '');
      const token = this.#text.slice(start, end);
      at = this.#skip(end);
      const hasColon = this.#text[at] === ':';
      if (hasColon) {
        at = this.#skip(at + 1);
        value.start = at;
        value.end = at;
        if (!/[,}]/.test(this.#text[at] ?? '}')) at = this.node(value, at, depth + 1);
      }
      if (token !== '') {
        const key = isQuoted ? token.slice(1, -1) : token;
        entries.push({ key, start, end, hasColon, value });
      }
      at = this.#separator(at, start);
    }
    return Math.min(at + 1, this.#limit);
  }

  #list(node: OutlineNode, depth: number): number {
    const items: OutlineNode[] = [];
    node.items = items;
    let at = this.#skip(node.start + 1);
    while (at < this.#limit && this.#text[at] !== ']') {
      const start = at;
      const item = emptyNode(start);
      at = this.node(item, start, depth + 1);
      if (item.end > item.start) items.push(item);
      at = this.#separator(at, start);
    }
    return Math.min(at + 1, this.#limit);
  }

  #scalar(node: OutlineNode): number {
    const end = this.#endOfToken(node.start, false);
    const isQuoted = /["']/.test(this.#text[node.start] ?? '');
    const isClosed =
      isQuoted && this.#text[end - 1] === this.#text[node.start] && end - node.start > 1;
    node.style = isQuoted ? 'quoted' : 'plain';
    node.text = isQuoted
      ? this.#text.slice(node.start + 1, isClosed ? end - 1 : end)
      : this.#text.slice(node.start, end);
    return end;
  }

  #endOfToken(start: number, isKey: boolean): number {
    if (/["']/.test(this.#text[start] ?? '')) {
      return endOfQuoted(this.#text, start, this.#limit) ?? this.#limit;
    }
    let at = start;
    while (at < this.#limit) {
      const character = this.#text[at] ?? '';
      if (this.#text.startsWith('{{', at)) {
        const close = this.#text.indexOf('}}', at);
        if (close >= 0 && close < this.#limit) {
          at = close + 2;
          continue;
        }
      }
      const isColon = character === ':' && /[\s,}\]]|^$/.test(this.#text[at + 1] ?? '');
      if (/[,\]}\n]/.test(character) || (isKey && isColon)) break;
      at += 1;
    }
    return start + this.#text.slice(start, at).trimEnd().length;
  }

  /**
   * Skips a comma. Also skips one character that nothing else could read, so that reading always
   * advances.
   */
  #separator(at: number, start: number): number {
    const next = this.#skip(at);
    if (this.#text[next] === ',') return this.#skip(next + 1);
    return next > start || /[}\]]/.test(this.#text[next] ?? '')
      ? Math.max(next, start + 1)
      : next + 1;
  }

  /** Skips white space and comments. Returns the offset after them. */
  #skip(at: number): number {
    let next = at;
    while (next < this.#limit) {
      const character = this.#text[next] ?? '';
      if (character === '#' && /\s/.test(this.#text[next - 1] ?? '')) {
        const newline = this.#text.indexOf('\n', next);
        next = newline < 0 ? this.#limit : newline;
      } else if (/\s/.test(character)) next += 1;
      else break;
    }
    return Math.min(next, this.#limit);
  }
}
