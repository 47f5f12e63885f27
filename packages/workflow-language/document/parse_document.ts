import {
  type Document,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { countValues } from '../values/read_path.ts';
import { largeAlias } from './alias_size.ts';
import { lineFrom } from './content_lines.ts';
import { DocumentPositions } from './document_positions.ts';
import { missingDash } from './missing_dash.ts';
import { textBeforeBlock } from './text_before_block.ts';

/** Maximum number of characters of one document. */
const MAX_DOCUMENT_LENGTH = 1_048_576;

/**
 * Maximum number of characters after aliases are expanded. A response with the value becomes as
 * large, and so does each copy that a process gets.
 */
const MAX_EXPANDED_LENGTH = 4 * MAX_DOCUMENT_LENGTH;

/**
 * Maximum number of alias expansions in one document. Without it, a small text could become a very
 * large value.
 */
const MAX_ALIASES = 100;

/** Maximum number of values after aliases are expanded. No workflow has more. */
const MAX_VALUES = 200_000;

/** Maximum number of problems that are reported for one text. */
const MAX_PROBLEMS = 20;

/** Maximum nesting of lists and objects. Authors need less, and the recursion can process it. */
const MAX_DEPTH = 100;

/** A place at which a text is not valid YAML. Offsets are in UTF-16 units from its start. */
interface YamlProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Result of reading a document. `value` is undefined if there are problems. */
export interface ParsedDocument {
  readonly value: unknown;
  readonly positions: DocumentPositions;
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads a YAML 1.2 text with one document. Aliases may be expanded 100 times and to 4 MB. Duplicate
 * keys, several documents, and nesting deeper than 100 levels are problems. A byte order mark and
 * CRLF are accepted.
 */
export function parseWorkflowDocument(text: string): ParsedDocument {
  const lines = new LineCounter();
  const positions = (document?: Document): DocumentPositions =>
    new DocumentPositions({ text, lines, document });
  const failed = (problem: YamlProblem): ParsedDocument => ({
    value: undefined,
    positions: positions(),
    problems: [problem],
  });

  if (text.length > MAX_DOCUMENT_LENGTH) {
    return failed({
      message: `The text is longer than ${MAX_DOCUMENT_LENGTH} characters.`,
      start: 0,
      end: 0,
    });
  }
  const tooDeep = deepFlow(text);
  if (tooDeep !== undefined) return failed(tooDeep);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error',
      // The parser would compare each key with all others. `duplicateKeys` takes linear time.
      uniqueKeys: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return failed({ message: nestingMessage(), start: 0, end: text.length });
  }
  const problems = [
    ...yamlProblems(document, text),
    ...(document.errors.length > 0 ? [] : nodeProblems(document)),
  ];
  if (problems.length > 0) return { value: undefined, positions: positions(document), problems };
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (countValues(value, MAX_VALUES) > MAX_VALUES) {
      const message = `The document has more than ${MAX_VALUES} values.`;
      return failed({ message, start: 0, end: text.length });
    }
    return { value, positions: positions(document), problems };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return failed({
      message: `The document expands its aliases more than ${MAX_ALIASES} times.`,
      start: 0,
      end: text.length,
    });
  }
}

function nestingMessage(): string {
  return `Lists and objects are nested deeper than ${MAX_DEPTH} levels.`;
}

/**
 * Finds too many open brackets before the parser recurses into them. Brackets in quotes may be
 * counted too.
 */
function deepFlow(text: string): YamlProblem | undefined {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    // Ten times the limit for nodes, because brackets in texts are also counted although they do
    // not nest.
    if (depth > MAX_DEPTH * 10) {
      return { message: nestingMessage(), start: index, end: index + 1 };
    }
  }
  return undefined;
}

/** Problems of a text that is valid YAML. A document that is nested too deeply is not walked. */
function nodeProblems(document: Document): readonly YamlProblem[] {
  const deep = deepNodes(document);
  if (deep.length > 0) return deep;
  const problems = [...duplicateKeys(document), ...unknownAliases(document)];
  return problems.length > 0 ? problems : largeAliases(document);
}

/** Reports the first alias with which the value becomes too large. */
function largeAliases(document: Document): readonly YamlProblem[] {
  const alias = largeAlias(document, MAX_EXPANDED_LENGTH);
  if (alias === undefined) return [];
  const [start, end] = alias.range ?? [0, 0];
  const message = `With this alias, the document has more than ${MAX_EXPANDED_LENGTH} characters.`;
  return [{ message, start, end }];
}

/** Reports aliases without an earlier anchor. */
function unknownAliases(document: Document): readonly YamlProblem[] {
  const anchors = new Set<string>();
  const problems: YamlProblem[] = [];
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) {
        if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
      } else if (!anchors.has(node.source)) {
        const [start, end] = node.range ?? [0, 0];
        problems.push({
          message: `No anchor is called \`${node.source.slice(0, 64)}\`.`,
          start,
          end,
        });
      }
      return problems.length < MAX_PROBLEMS ? undefined : visit.BREAK;
    },
  });
  return problems;
}

/** Reports the first node below the limit of nesting. Works without recursion. */
function deepNodes(document: Document): readonly YamlProblem[] {
  let level: readonly unknown[] = [document.contents];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    level = level.flatMap(childrenOf);
    if (level.length === 0) return [];
  }
  const [start, end] = rangeOf(level[0]) ?? [0, 0];
  return [{ message: nestingMessage(), start, end }];
}

/** Reports keys that occur twice in the same object. */
function duplicateKeys(document: Document): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const [start, end] = key.range ?? [0, 0];
        const message = 'The key appears twice in the same object.';
        if (seen.has(name)) problems.push({ message, start, end });
        seen.add(name);
      }
      return problems.length < MAX_PROBLEMS ? undefined : visit.BREAK;
    },
  });
  return problems.slice(0, MAX_PROBLEMS);
}

/**
 * Children of a node, including keys: the parser converts a key that is an object to a text that
 * contains its keys.
 */
function childrenOf(node: unknown): readonly unknown[] {
  if (isAlias(node) || typeof node !== 'object' || node === null || !('items' in node)) return [];
  const items: readonly unknown[] = Array.isArray(node.items) ? node.items : [];
  return items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item]));
}

function rangeOf(node: unknown): Node['range'] | undefined {
  return typeof node === 'object' && node !== null && 'range' in node
    ? (node as Node).range
    : undefined;
}

const BAD_INDENT = 'The line is not indented like the lines it belongs to.';

const MESSAGES: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  MULTIPLE_DOCS: 'A file holds one document: remove the line "---" and what follows it.',
  TAB_AS_INDENT: 'Indent with spaces: YAML does not allow tabs.',
  BAD_INDENT,
  BLOCK_AS_IMPLICIT_KEY: 'A text that contains ": " needs quotes.',
};

function yamlProblems(document: Document.Parsed, text: string): readonly YamlProblem[] {
  const errors = withoutConsequences(document.errors).slice(0, MAX_PROBLEMS);
  for (const { pos } of errors) {
    const dash = missingDash(text, pos[0]);
    // What the parser reports after it is a consequence.
    const before = errors.filter((each) => each.pos[0] < (dash?.start ?? 0));
    if (dash !== undefined && before.length === 0)
      return [{ message: 'The `- ` before the first member of this list is missing.', ...dash }];
  }
  const before = errors[0] && textBeforeBlock(text, lineBelow(errors[0], text));
  if (before !== undefined) {
    const { key, ...range } = before;
    const message = `Remove this text: the value of \`${key}\` begins below.`;
    return [{ message, ...range }];
  }
  // The parser reports an unclosed quote or bracket at the end of the text, but the mistake is at
  // its start.
  const opened = errors.some(isUnclosed) ? unclosed(document, text) : undefined;
  const problems = errors.map((error) => {
    const continued = error.code === 'MULTILINE_IMPLICIT_KEY' ? longKey(error, text) : undefined;
    if (continued !== undefined) return continued;
    if (isUnclosed(error) && opened !== undefined) {
      const message = `The closing ${CLOSING[text[opened] ?? '']} is missing.`;
      return { message, start: opened, end: opened + 1 };
    }
    const message = isBareTemplate(error, text)
      ? 'A text that begins with {{ needs quotes.'
      : (MESSAGES[error.code] ?? sentence(error.message));
    return { message, ...placeOf(error, text) };
  });
  return firstOfEachLine(problems, text);
}

/** Range of a problem. A wrong indentation is marked at the first word that has it. */
function placeOf(
  { code, pos: [start, end] }: YAMLError,
  text: string,
): Omit<YamlProblem, 'message'> {
  const line = code === 'BAD_INDENT' ? lineFrom(text, start) : undefined;
  if (line === undefined || line.start <= start) return { start, end };
  const word = /^\S+/.exec(line.content)?.[0] ?? '';
  return { start: line.start, end: line.start + word.length };
}

/** Start of the line that continues a key with several lines, otherwise place of the problem. */
function lineBelow({ code, pos: [start, end] }: YAMLError, text: string): number {
  const newline = code === 'MULTILINE_IMPLICIT_KEY' ? text.indexOf('\n', start) : -1;
  return newline < 0 || newline >= end ? start : newline + 1;
}

/** Problems without those that are only consequences of others. */
function withoutConsequences(errors: readonly YAMLError[]): readonly YAMLError[] {
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  if (tabs.length > 0) return tabs;
  const long = new Set(
    errors.flatMap(({ code, pos }) => (code === 'MULTILINE_IMPLICIT_KEY' ? [pos[0]] : [])),
  );
  return errors.filter(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' || !long.has(pos[0]));
}

/**
 * Problem of a key with several lines. Either a colon is missing in its first line, or its last
 * line is indented too deeply and so continues the text before it.
 */
function longKey({ pos: [start, end] }: YAMLError, text: string): YamlProblem | undefined {
  const newline = text.slice(start, end).lastIndexOf('\n');
  if (newline < 0) return undefined;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (/^[\s-]*$/.test(before)) {
    const endOfLine = start + text.slice(start, end).search(/\r?\n/);
    return { message: 'A colon is missing after the key.', start, end: endOfLine };
  }
  const line = text.slice(start + newline + 1, end);
  return { message: BAD_INDENT, start: end - line.trimStart().length, end };
}

function isBareTemplate({ pos: [start] }: YAMLError, text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1).split('\n', 1)[0] ?? '';
  // The key begins with another character than the dashes before it. Otherwise the time would grow
  // with the square of their number.
  return /^[\s-]*\w[\w-]*:\s+\{\{/.test(line);
}

/** The first problem of each line. Later problems of the same line are usually its consequences. */
function firstOfEachLine(problems: readonly YamlProblem[], text: string): readonly YamlProblem[] {
  const seen = new Set<number>();
  return problems.filter(({ start }) => {
    const line = text.lastIndexOf('\n', Math.max(0, start - 1));
    const isFirst = !seen.has(line);
    seen.add(line);
    return isFirst;
  });
}

function isUnclosed({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' || (code === 'BAD_INDENT' && message.startsWith('Flow'));
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '[': ']', '{': '}' };

/** Start of the last quoted text or bracket that is not closed. */
function unclosed(document: Document, text: string): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const [start, end] = node.range ?? [0, 0];
      // A block collection may begin with a quoted key, which is not unclosed.
      if (isCollection(node) && node.flow !== true) return;
      const closing = CLOSING[text[start] ?? ''];
      const isClosed = end - start > 1 && text[end - 1] === closing;
      if (closing !== undefined && !isClosed) found = start;
    },
  });
  return found;
}

/** Shortens a message of the parser, which may repeat a part of the text. */
function sentence(message: string): string {
  const short = message.length > 200 ? `${message.slice(0, 200)} …` : message;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** Value of a YAML text with one document. `undefined`: the text is not valid YAML. */
export function workflowDocument(text: string): unknown {
  return parseWorkflowDocument(text).value;
}
