import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, type Scalar } from 'yaml';
import { sourceOffsets } from './source_offset.ts';

/** Tells where the source contains a word of the value of `a: { b: … }`: line and column from 1. */
function located(source: string, word = 'Target') {
  const document = parseDocument(source);
  expect(document.errors).toEqual([]);
  const node = document.getIn(['a', 'b'], true) as Scalar.Parsed;
  const index = String(node.value).indexOf(word);
  expect(index).toBeGreaterThanOrEqual(0);
  const before = source.slice(0, sourceOffsets(source, node)[index]).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The line and column of the word in the source itself. */
function expected(source: string, word = 'Target') {
  const before = source.slice(0, source.indexOf(word)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const CASES = {
  'a folded block with a blank line': '>-\n    one\n\n    Target\n',
  'a folded block with many blank lines': '>\n    one\n\n    two\n\n\n    three\n\n    Target\n',
  'a folded block with a line of spaces': '>-\n    one\n  \n    Target\n',
  'a folded block with more-indented lines': '>\n    one\n\n      two\n      Target\n    last\n',
  'a folded block after more-indented lines': '>\n    one\n      two\n\n    Target\n',
  'a folded block that begins with blank lines': '>\n\n\n    Target\n',
  'a literal block whose first line is more indented': '|2-\n        Target\n',
  'a literal block with an indicator': '|2-\n      one\n    Target\n',
  'a folded block whose first line is more indented': '>2-\n        Target\n',
  'a block with an indicator and a comment': '|-2 # as 9\n       one\n       Target\n',
  'a plain text with blank lines': 'one\n\n    two\n\n\n    Target\n',
  'a text in single quotes': "'it''s\n\n    one\n    ''Target'\n",
  'a text in double quotes with escaped line breaks':
    '"one \\\n    two\\\n    \\  three\n\n    \\u0041\\tTarget"\n',
  'a text in double quotes with escaped spaces': '"\\x20\\n\\u0020\\t one\n    \\\\\\" Target"\n',
};

describe('sourceOffsets', () => {
  describe.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('of a document with %s', (_, lineBreak) => {
    it.each(Object.entries(CASES))('locates a word in %s', (...[, text]) => {
      const source = `a:\n  b: ${text}  c: 1\n`.replaceAll('\n', lineBreak);
      expect(located(source)).toBe(expected(source));
    });
  });

  it('locates the spaces before a word', () => {
    const source = 'a:\n  b: |\n    one\n      Target\n';
    expect(located(source, '  Target')).toBe('4:5');
    expect(located(source, '\n  Target')).toBe('3:8');
    expect(located('a:\n  b: "one  Target"\n', '  Target')).toBe('2:10');
  });

  const plainWord = fc.stringMatching(/^[a-z{}.é😀]{0,3}[a-z]$/u);
  const space = fc.constantFrom(' ', '  ', ' \t');
  const indents = fc.array(fc.nat(3), { minLength: 6, maxLength: 6 });
  const breaks = fc.constantFrom('\n', '\n\n', '\n  \n', '\n\n\n');
  /** Words and the spaces or line breaks after them. One of the words is the searched one. */
  const lines = (word: fc.Arbitrary<string>) =>
    fc
      .tuple(
        fc.array(fc.tuple(word, fc.oneof(space, breaks)), { maxLength: 6 }),
        fc.array(fc.tuple(fc.oneof(space, breaks), word), { maxLength: 6 }),
        indents,
      )
      .map(([before, after, [first = 0, ...more]]) => ({
        first,
        more,
        words: [...before.flat(), 'Target', ...after.flat()],
      }));

  /** Text with each line indented by the number of spaces of the parent and some more. */
  const indented = (
    { first, more, words }: { first: number; more: readonly number[]; words: readonly string[] },
    parent: number,
  ) => {
    let line = 0;
    const text = words.map((each) =>
      each.startsWith('\n')
        ? `${each}${' '.repeat(parent + (more[line++ % more.length] ?? 0))}`
        : each,
    );
    return `${' '.repeat(parent + first)}${text.join('')}`;
  };

  const escapes = fc.constantFrom(
    ...['\\n', '\\t', '\\ ', '\\"', '\\\\', '\\x41', '\\u0020', '\\u00e9', '\\U0001F600', '\\/'],
    ...['\\_', '\\N', '\\r', '\\e', '\\\n', '\\\n\n', ' \\\n'],
  );
  const quotedWord = fc.array(fc.oneof(plainWord, escapes), { minLength: 1, maxLength: 4 });

  const scalars: Readonly<Record<string, fc.Arbitrary<string>>> = {
    plain: lines(plainWord).map((each) => indented(each, 4).trim()),
    'single-quoted': lines(fc.oneof(plainWord, fc.constantFrom("''", "a''", ': #'))).map(
      (each) => `'${indented(each, 4).trimStart()}'`,
    ),
    'double-quoted': lines(quotedWord.map((parts) => parts.join('x'))).map(
      (each) => `"${indented(each, 4).trimStart().replaceAll('\\\n', '\\\n    ')}"`,
    ),
    block: fc
      .tuple(
        lines(fc.oneof(plainWord, fc.constantFrom('"', '#', '\\n', "'"))),
        fc.constantFrom('|', '>'),
        fc.constantFrom('', '+', '-'),
        fc.boolean(),
        fc.constantFrom('', '\n', '\n\n  \n'),
        fc.constantFrom('', ' # 9 |2', '  '),
      )
      .map(([each, style, chomping, isGiven, blank, comment]) => {
        // Without an indicator, the first line determines the indentation.
        const text = indented(isGiven ? each : { ...each, first: 0 }, 4);
        return `${style}${isGiven ? '2' : ''}${chomping}${comment}\n${blank}${text}`;
      }),
  };

  it.each(Object.keys(scalars))('locates a word in any %s text', (style) => {
    const scalar = scalars[style] ?? fc.constant('');
    const more = fc.record({
      lineBreak: fc.constantFrom('\n', '\r\n'),
      end: fc.constantFrom('\n', '\n\n', '\n   \n\n'),
      anchor: fc.constantFrom('', '&x ', '!!str '),
    });
    fc.assert(
      fc.property(scalar, more, (text, { lineBreak, end, anchor }) => {
        const source = `a:\n  b: ${anchor}${text}${end}  c: 1\n`.replaceAll('\n', lineBreak);
        fc.pre(parseDocument(source).errors.length === 0);
        expect(located(source)).toBe(expected(source));
      }),
      { numRuns: 1_000 },
    );
  });
});
