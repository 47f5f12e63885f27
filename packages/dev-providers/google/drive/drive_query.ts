/** Properties of a file that a query can test. */
export interface QueriedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly parents: readonly string[];
  readonly owner: string;
  readonly trashed: boolean;
  readonly createdTime: string;
  readonly modifiedTime: string;
  /** Lower-case text of the file, including its name. */
  readonly fullText: string;
}

/** Returns `true` when the file matches the query. */
export type DrivePredicate = (file: QueriedFile) => boolean;

/** The error of a malformed query. Drive responds with 400 `invalid`. */
export class DriveQueryError extends Error {
  override readonly name = 'DriveQueryError';
}

interface Token {
  readonly kind: 'string' | 'word' | 'operator' | 'end';
  readonly text: string;
}

const TOKEN = /\s*(?:'((?:\\.|[^'\\])*)'|([A-Za-z][A-Za-z.]*)|(<=|>=|!=|=|<|>|\(|\)))/y;
const MAX_DEPTH = 50;

function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(query);
    if (match === null) throw new DriveQueryError(`Invalid value at ${at}`);
    const [, quoted, word, operator] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: 'string', text: quoted.replace(/\\(.)/g, '$1') });
    } else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'operator', text: operator ?? '' });
  }
  return tokens;
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Returns `true` if a text contains a term as Drive does: as the beginning of a word in a name, and
 * as whole words in the full text.
 */
function containsWords(text: string, term: string, wholeWords: boolean): boolean {
  const end = wholeWords ? '(?![\\p{L}\\p{N}])' : '';
  return new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(term)}${end}`, 'iu').test(text);
}

function fullTextContains(file: QueriedFile, term: string): boolean {
  const phrase = /^"(.*)"$/s.exec(term)?.[1];
  if (phrase !== undefined) return containsWords(file.fullText, phrase, true);
  const words = term.split(/\s+/).filter((word) => word !== '');
  return words.every((word) => containsWords(file.fullText, word, true));
}

function compareText(operator: string, left: string, right: string): boolean {
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  throw new DriveQueryError(`Operator ${operator} cannot be used with this field`);
}

function compareTime(operator: string, left: string, right: string): boolean {
  const [a, b] = [Date.parse(left), Date.parse(right)];
  if (Number.isNaN(b)) throw new DriveQueryError('Invalid date');
  const results: Record<string, boolean> = {
    '=': a === b,
    '!=': a !== b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
  };
  const result = results[operator];
  if (result === undefined) throw new DriveQueryError(`Operator ${operator} does not fit a date`);
  return result;
}

interface Term {
  readonly field: string;
  readonly operator: string;
  readonly value: Token;
}

function flag(term: Term): boolean {
  const { kind, text } = term.value;
  if (kind !== 'word' || (text !== 'true' && text !== 'false')) {
    throw new DriveQueryError('Expected true or false');
  }
  return (text === 'true') === (term.operator === '=');
}

function predicateOf(term: Term): DrivePredicate {
  const { field, operator } = term;
  if (field === 'trashed') {
    const wanted = flag(term);
    return (file) => file.trashed === wanted;
  }
  if (field === 'starred' || field === 'sharedWithMe') {
    // No file of a seeded Drive is starred or shared, so these terms are always false.
    const wanted = flag(term);
    return () => !wanted;
  }
  if (term.value.kind !== 'string') throw new DriveQueryError('Expected a quoted value');
  const value = term.value.text;
  switch (field) {
    case 'name':
      if (operator === 'contains') return (file) => containsWords(file.name, value, false);
      compareText(operator, '', '');
      return (file) => compareText(operator, file.name.toLowerCase(), value.toLowerCase());
    case 'mimeType':
      if (operator === 'contains') return (file) => file.mimeType.startsWith(value);
      compareText(operator, '', '');
      return (file) => compareText(operator, file.mimeType, value);
    case 'fullText':
      if (operator !== 'contains') throw new DriveQueryError('fullText needs contains');
      return (file) => fullTextContains(file, value);
    case 'modifiedTime':
    case 'createdTime':
      compareTime(operator, value, value);
      return (file) => compareTime(operator, file[field], value);
    default:
      throw new DriveQueryError(`Unknown field ${field}`);
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): DrivePredicate {
    const predicate = this.#or();
    if (this.#peek().kind !== 'end') throw new DriveQueryError('Unexpected text');
    return predicate;
  }

  #or(): DrivePredicate {
    let left = this.#and();
    while (this.#takeWord('or')) {
      const [first, second] = [left, this.#and()];
      left = (file) => first(file) || second(file);
    }
    return left;
  }

  #and(): DrivePredicate {
    let left = this.#unary();
    while (this.#takeWord('and')) {
      const [first, second] = [left, this.#unary()];
      left = (file) => first(file) && second(file);
    }
    return left;
  }

  #unary(): DrivePredicate {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new DriveQueryError('Too deeply nested');
    try {
      if (this.#takeWord('not')) {
        const inner = this.#unary();
        return (file) => !inner(file);
      }
      if (this.#takeOperator('(')) {
        const inner = this.#or();
        if (!this.#takeOperator(')')) throw new DriveQueryError('Missing parenthesis');
        return inner;
      }
      return this.#term();
    } finally {
      this.#depth -= 1;
    }
  }

  #term(): DrivePredicate {
    const first = this.#next();
    if (first.kind === 'string') return this.#membership(first.text);
    const operator = this.#next();
    if (first.kind !== 'word') throw new DriveQueryError('Expected a field');
    const isContains = operator.kind === 'word' && operator.text === 'contains';
    if (operator.kind !== 'operator' && !isContains)
      throw new DriveQueryError('Expected an operator');
    return predicateOf({ field: first.text, operator: operator.text, value: this.#next() });
  }

  #membership(value: string): DrivePredicate {
    if (!this.#takeWord('in')) throw new DriveQueryError('Expected the word "in"');
    const collection = this.#next().text;
    if (collection === 'parents') return (file) => file.parents.includes(value);
    if (collection === 'owners' || collection === 'writers' || collection === 'readers') {
      return (file) => file.owner === value || value === 'me';
    }
    throw new DriveQueryError(`Unknown collection ${collection}`);
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #takeWord(text: string): boolean {
    return this.#take('word', text);
  }

  #takeOperator(text: string): boolean {
    return this.#take('operator', text);
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }
}

/**
 * Parses a search expression of Drive's `q` parameter. An empty one matches every file.
 * @throws DriveQueryError when it is malformed
 */
export function parseDriveQuery(query: string): DrivePredicate {
  if (query.trim() === '') return () => true;
  return new Parser(tokenize(query)).parse();
}
