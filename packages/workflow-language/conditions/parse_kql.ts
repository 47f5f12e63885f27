import {
  type KqlLiteral,
  type KqlNode,
  type KqlRangeOperator,
  KqlSyntaxError,
} from './kql_node.ts';

/** Maximum number of characters of a query. Authors write less. */
export const MAX_QUERY_LENGTH = 10_000;

/** Maximum nesting of parentheses, braces and `not`, which limits the recursion. */
const MAX_DEPTH = 200;

const SPACE = /\s/;
const SPECIAL = new Set(['\\', '(', ')', ':', '<', '>', '"', '{', '}']);
const KEYWORDS = new Set(['and', 'or', 'not']);
const ESCAPED_SPACES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/**
 * Parses a query of the Kibana Query Language.
 *
 * Grammar: `or`, `and`, `not` in any case; parentheses; `field: value`, `field: (a or b)`,
 * `field: { nested query }`, `field < value` with `<`, `<=`, `>`, `>=`; quoted text; backslash
 * escapes; `*` as a wildcard in text without quotes.
 *
 * @throws KqlSyntaxError with the offset of the first character that cannot be read.
 */
export function parseKql(query: string): KqlNode {
  return new KqlParser(query).parse();
}

class KqlParser {
  readonly #query: string;
  #at = 0;
  #depth = 0;

  constructor(query: string) {
    this.#query = query;
  }

  parse(): KqlNode {
    if (this.#query.length > MAX_QUERY_LENGTH) {
      const message = `The condition is longer than ${MAX_QUERY_LENGTH} characters.`;
      throw new KqlSyntaxError(message, MAX_QUERY_LENGTH);
    }
    const node = this.#or(() => this.#term());
    this.#skipSpace();
    if (this.#at < this.#query.length) this.#fail('the end of the query or "and" or "or"');
    return node;
  }

  #or(term: () => KqlNode): KqlNode {
    return this.#list('or', () => this.#list('and', () => this.#not(term)));
  }

  #list(keyword: 'and' | 'or', next: () => KqlNode): KqlNode {
    const nodes = [next()];
    while (this.#takeKeyword(keyword)) nodes.push(next());
    const [first] = nodes;
    return nodes.length === 1 && first !== undefined ? first : { kind: keyword, nodes };
  }

  #not(term: () => KqlNode): KqlNode {
    if (!this.#takeKeyword('not')) return term();
    return this.#deeper(() => ({ kind: 'not', node: this.#not(term) }));
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new KqlSyntaxError(`The query is nested deeper than ${MAX_DEPTH} levels.`, this.#at);
    }
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #term(): KqlNode {
    if (this.#take('(')) return this.#group(() => this.#term());
    const field = this.#literal('a field, a value, "not" or "("');
    if (this.#take(':')) return this.#valueOf(field);
    const operator = this.#rangeOperator();
    if (operator === undefined) return { kind: 'bare', value: field };
    return { kind: 'range', field, operator, value: this.#literal('a value') };
  }

  #valueOf(field: KqlLiteral): KqlNode {
    if (this.#take('{')) {
      return this.#deeper(() => {
        const node = this.#or(() => this.#term());
        this.#expect('}');
        return { kind: 'nested', field, node };
      });
    }
    const value = (): KqlNode =>
      this.#take('(')
        ? this.#group(value)
        : { kind: 'is', field, value: this.#literal('a value, "(" or "{"') };
    return value();
  }

  #group(term: () => KqlNode): KqlNode {
    return this.#deeper(() => {
      const node = this.#or(term);
      this.#expect(')');
      return node;
    });
  }

  #rangeOperator(): KqlRangeOperator | undefined {
    for (const operator of ['<=', '>=', '<', '>'] as const) {
      if (this.#take(operator)) return operator;
    }
    return undefined;
  }

  #literal(expected: string): KqlLiteral {
    this.#skipSpace();
    return this.#query[this.#at] === '"' ? this.#quoted() : this.#unquoted(expected);
  }

  #quoted(): KqlLiteral {
    const start = this.#at;
    let text = '';
    this.#at += 1;
    while (this.#query[this.#at] !== '"') {
      if (this.#at >= this.#query.length) {
        throw new KqlSyntaxError('The quoted text does not end: a " is missing.', start);
      }
      text += this.#character();
    }
    this.#at += 1;
    return { text, quoted: true, pieces: [text], start, end: this.#at };
  }

  /** Reads words with single spaces between them, until a keyword or a special character. */
  #unquoted(expected: string): KqlLiteral {
    const start = this.#at;
    const pieces = [''];
    let end = start;
    while (
      (this.#at < this.#query.length && !SPECIAL.has(this.#query[this.#at] ?? '')) ||
      this.#query[this.#at] === '\\'
    ) {
      const space = this.#spaceLength();
      if (space > 0) {
        if (this.#endsLiteral(this.#at + space)) break;
        append(pieces, this.#query.slice(this.#at, this.#at + space));
        this.#at += space;
        continue;
      }
      if (end === start && this.#keywordAt(this.#at) !== undefined) break;
      if (this.#query[this.#at] === '*') {
        pieces.push('');
        this.#at += 1;
      } else {
        append(pieces, this.#character());
      }
      end = this.#at;
    }
    if (end === start) this.#fail(expected);
    this.#at = end;
    return { text: pieces.join('*'), quoted: false, pieces, start, end };
  }

  #spaceLength(): number {
    let length = 0;
    while (SPACE.test(this.#query[this.#at + length] ?? '')) length += 1;
    return length;
  }

  #endsLiteral(offset: number): boolean {
    const next = this.#query[offset];
    return (
      next === undefined ||
      (next !== '\\' && SPECIAL.has(next)) ||
      this.#keywordAt(offset) !== undefined
    );
  }

  /** Reads one character. An escape becomes the character that it stands for. */
  #character(): string {
    const character = this.#query[this.#at] ?? '';
    this.#at += 1;
    if (character !== '\\') return character;
    const escaped = this.#query[this.#at];
    if (escaped === undefined) {
      throw new KqlSyntaxError('A character is missing after the backslash.', this.#at - 1);
    }
    if (escaped === 'u') {
      const code = /^[0-9a-fA-F]{4}/.exec(this.#query.slice(this.#at + 1))?.[0];
      if (code !== undefined) {
        this.#at += 5;
        return String.fromCharCode(Number.parseInt(code, 16));
      }
    }
    this.#at += 1;
    return ESCAPED_SPACES.get(escaped) ?? escaped;
  }

  #keywordAt(offset: number): string | undefined {
    const word = /^[a-z]+/i.exec(this.#query.slice(offset, offset + 4))?.[0].toLowerCase();
    if (word === undefined || !KEYWORDS.has(word)) return undefined;
    const next = this.#query[offset + word.length];
    const isWhole =
      next === undefined ||
      SPACE.test(next) ||
      (next !== ':' && next !== '\\' && SPECIAL.has(next));
    return isWhole ? word : undefined;
  }

  #takeKeyword(keyword: string): boolean {
    this.#skipSpace();
    if (this.#keywordAt(this.#at) !== keyword) return false;
    this.#at += keyword.length;
    return true;
  }

  #take(token: string): boolean {
    this.#skipSpace();
    if (!this.#query.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`"${token}"`);
  }

  #skipSpace(): void {
    this.#at += this.#spaceLength();
  }

  #fail(expected: string): never {
    const found = this.#query[this.#at];
    const what = found === undefined ? 'the query ends' : `found "${found}"`;
    throw new KqlSyntaxError(`Expected ${expected}, but ${what}.`, this.#at);
  }
}

function append(pieces: string[], text: string): void {
  pieces[pieces.length - 1] += text;
}
