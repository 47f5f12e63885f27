import { type Alias, isAlias, isScalar, isSeq, parseDocument, Scalar, stringify } from 'yaml';

/** A range of a source, and the text that replaces it. Offsets are in UTF-16 units. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text of a document, and the place where it is written. */
export interface TextPlace<N = Scalar.Parsed | Alias.Parsed> {
  readonly source: string;
  readonly node: N;
  /** `true`: the text is inside of `[ ]` or `{ }`, where more characters need quotes. */
  readonly inFlow: boolean;
}

/** Maximum length of a text in which a part is replaced, because the text is parsed again. */
const MAX_LENGTH = 2_000;

const SINGLE_LINE = { lineWidth: 0, blockQuote: false } as const;

/**
 * Writes a new text in place of a whole text. Quotes are kept, and added if the new text needs
 * them. `undefined`: the new text has several lines.
 */
export function replaceText(
  { source, node, inFlow }: TextPlace,
  value: string,
): SourceEdit | undefined {
  if (/[\r\n]/.test(value)) return undefined;
  const scalar = new Scalar(value);
  const isQuoted = node instanceof Scalar && node.type?.startsWith('QUOTE') === true;
  scalar.type = isQuoted ? (node.type ?? 'PLAIN') : 'PLAIN';
  const written = inFlow
    ? stringify([scalar], { ...SINGLE_LINE, collectionStyle: 'flow', flowCollectionPadding: false })
    : stringify(scalar, SINGLE_LINE);
  const text = inFlow ? written.trimEnd().slice(1, -1) : written.trimEnd();
  return { start: node.range[0], end: endOfText(source, node), text };
}

/**
 * Writes a new text of which only one part differs. Escapes the part for the quotes around it. If
 * that is not possible, the whole text is written again with other quotes. `undefined`: there is no
 * way to write it in one line.
 * @param part range in the source, and the text for it
 */
export function replacePart(
  place: TextPlace<Scalar.Parsed>,
  part: SourceEdit,
  value: string,
): SourceEdit | undefined {
  const { type, range } = place.node;
  if (value.length > MAX_LENGTH || range[1] - range[0] > MAX_LENGTH * 2) return undefined;
  const edit = { ...part, text: escaped(part.text, type) };
  const isOneLine = !/[\r\n]/.test(part.text);
  return isOneLine && isReadAs(place, edit, value) ? edit : replaceText(place, value);
}

function escaped(text: string, type: Scalar.Type | undefined): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(text).slice(1, -1);
  return type === 'QUOTE_SINGLE' ? text.replaceAll("'", "''") : text;
}

/** Returns `true` if the edited source of a text is read as a value. */
function isReadAs(
  { source, node, inFlow }: TextPlace<Scalar.Parsed>,
  edit: SourceEdit,
  value: string,
): boolean {
  const [start, end] = node.range;
  const text = source.slice(start, edit.start) + edit.text + source.slice(edit.end, end);
  const { contents, errors } = parseDocument(inFlow ? `[${text}]` : text, { logLevel: 'error' });
  const members = isSeq(contents) && inFlow ? contents.items : [contents];
  const [read] = members;
  return errors.length === 0 && members.length === 1 && isScalar(read) && read.value === value;
}

/** End of a text in the source. A block text ends before its last line break. */
export function endOfText(source: string, node: Scalar.Parsed | Alias.Parsed): number {
  const [start, end] = node.range;
  const isBlock = !isAlias(node) && node.type?.startsWith('BLOCK') === true;
  return isBlock ? start + source.slice(start, end).trimEnd().length : end;
}

/** End of the character of a text that starts at an offset. Escapes have several characters. */
export function endOfCharacter(source: string, { range }: Scalar.Parsed, offset: number): number {
  const pattern = ESCAPES[source[range[0]] ?? ''];
  if (pattern === undefined) return offset + 1;
  pattern.lastIndex = offset;
  return offset + (pattern.exec(source)?.[0].length ?? 1);
}

/** Escapes of each kind of quotes, by the character with which the text starts. */
const ESCAPES: Readonly<Record<string, RegExp | undefined>> = {
  '"': /\\(?:x.{2}|u.{4}|U.{8}|.)/y,
  "'": /''/y,
};
