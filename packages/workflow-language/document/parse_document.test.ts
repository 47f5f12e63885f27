import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument, type Scalar, stringify } from 'yaml';
import { DocumentPositions } from './document_positions.ts';
import { parseWorkflowDocument } from './parse_document.ts';

const first = (text: string) => {
  const { problems, positions } = parseWorkflowDocument(text);
  const [problem] = problems;
  if (problem === undefined) return undefined;
  const { line, column } = positions.range(problem.start, problem.end);
  return { message: problem.message, line, column };
};

describe('parseWorkflowDocument', () => {
  it('returns the value of a YAML text', () => {
    expect(parseWorkflowDocument("version: '1'\nsteps: [a, 2, yes]\n")).toMatchObject({
      value: { version: '1', steps: ['a', 2, 'yes'] },
      problems: [],
    });
  });

  it('accepts a byte order mark and CRLF', () => {
    const text = '\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n';
    expect(parseWorkflowDocument(text)).toMatchObject({ value: { a: 1, b: 'x\ny\n' } });
  });

  it('treats names of JavaScript properties as ordinary keys', () => {
    const { value } = parseWorkflowDocument('__proto__: 1\nconstructor: 2\ntoString: 3\n');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString']);
  });

  it.each([
    ['a: 1\nb: [1, 2\nc: 3\n', 2],
    ['a: 1\nb: { c: 1\nd: 2\n', 2],
    ["a: 1\nb: 'it\nc: 3\nd: 4\n", 2],
    ['a: 1\na: 2\n', 2],
    ['a: 1\n---\nb: 2\n', 2],
    ['a:\n\tb: 1\n', 2],
    ['a: "x\n', 1],
    ['a: *b\n', 1],
  ])('reports %j on line %i', (text, line) => {
    expect(first(text)).toMatchObject({ line });
    expect(parseWorkflowDocument(text).value).toBeUndefined();
  });

  it('expands an alias 90 times, and refuses exponential expansion', () => {
    const uses = (count: number): string => `a: &a [1]\nb:\n${'  - *a\n'.repeat(count)}`;
    expect(parseWorkflowDocument(uses(90)).problems).toEqual([]);
    const bomb = (value: string): string =>
      Array.from({ length: 30 }, (_, index) =>
        index === 0 ? `x0: &x0 ${value}` : `x${index}: &x${index} [*x${index - 1}, *x${index - 1}]`,
      ).join('\n');
    expect(first(bomb(`['', '']`))?.message).toContain('expands its aliases more than 100 times');
    expect(first(bomb('[a, b]'))?.message).toContain('With this alias');
  });

  it.each([
    ['by many uses of one anchor', `a: &a "TEXT"\nb:\n${'  - *a\n'.repeat(90)}`, 6],
    ['by nested aliases', 'a: &a "TEXT"\nb: &b [*a]\nc: &c [*b, *b]\nd: *c', 4],
    ['by keys', 'a: &a "TEXT"\nb: &b { *a : [*a] }\nc: *b', 3],
  ])(
    'J130: refuses aliases that expand to more than 4 MB, at the first alias that exceeds the limit: %s',
    (...args) => {
      const [, text, line] = args;
      const large = text.replace('TEXT', 'z'.repeat(1_000_000));
      const { problems, value } = parseWorkflowDocument(large);
      expect([problems.length, value]).toEqual([1, undefined]);
      expect(first(large)).toMatchObject({
        message: 'With this alias, the document has more than 4194304 characters.',
        line,
      });
    },
  );

  it.each([
    ['dashes before a key', `${'-'.repeat(30_000)}a: b: c: d: e: f: g: h: i: j: k\n`],
    ['spaces in a text', `steps: a${' '.repeat(150_000)}b\n  - name: a\n`],
  ])('J165: explains the problem of a line with very many %s in linear time', (_, text) => {
    const startedAt = process.cpuUsage();
    expect(parseWorkflowDocument(text).problems).not.toEqual([]);
    // A pattern that searches from each dash takes 7 s or more.
    expect(process.cpuUsage(startedAt).user / 1e6).toBeLessThan(3);
  });

  it('J130: expands aliases up to 4 MB, and measures the last value of an anchor', () => {
    const half = 'z'.repeat(500_000);
    const text = `a: &a "${half}"\nb: [${Array(7).fill('*a').join(', ')}]\nc: &a x\n`;
    expect(parseWorkflowDocument(`${text}d: [${'*a, '.repeat(80)}]`).problems).toEqual([]);
  });

  it('refuses 20,000 brackets, and deep indentation', () => {
    expect(first('['.repeat(20_000))?.message).toContain('nested deeper');
    expect(first(`a: ${'['.repeat(150)}${']'.repeat(150)}`)?.message).toContain('nested deeper');
    const lines = Array.from({ length: 150 }, (_, index) => `${' '.repeat(index)}a:`);
    expect(first(lines.join('\n'))?.message).toContain('nested deeper');
  });

  it('does not count the brackets in a long template as nesting', () => {
    expect(parseWorkflowDocument(`a: |\n  ${'{{ x }}'.repeat(2_000)}\n`).problems).toEqual([]);
  });

  it('counts the nesting of keys, but accepts a template without quotes', () => {
    expect(first(`${'{? '.repeat(150)}a${'}'.repeat(150)}`)?.message).toContain('nested deeper');
    expect(parseWorkflowDocument(`${'{? '.repeat(90)}a${'}'.repeat(90)}`).problems).toEqual([]);
    expect(parseWorkflowDocument('a: {{ x }}\n').problems).toEqual([]);
  });

  it('can read a text with thousands of mistakes', () => {
    const { problems } = parseWorkflowDocument('[b \n'.repeat(200) + '@ x\n'.repeat(1_000));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  it('refuses more values than a workflow can have, even if aliases create them', () => {
    const long = Array.from({ length: 20_000 }, () => 'x').join(',');
    const text = `a: &a [${long}]\nb: [${Array.from({ length: 90 }, () => '*a').join(',')}]\n`;
    expect(first(text)?.message).toContain('more than 200000 values');
  });

  it('repeats no long part of the text in a message', () => {
    expect(first(`a: ${'!'.repeat(10_000)}`)?.message.length).toBeLessThan(300);
  });

  it('ends for every text of these lines, such as one that begins with an empty line', () => {
    const line = fc.constantFrom(
      ...['', ' ', '# note', 'steps:', '  steps: # inner', '- name: a', '  - b: 1', 'c: [', '- {'],
      ...['- - d', '    e: "', ']', '}', '|', 'f: >-', "'", '? g', '*h', '&i', '\t- j', '---', ':'],
    );
    const end = fc.constantFrom('\n', '\r\n', '\n\n');
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), end);
    fc.assert(
      fc.property(text, ([lines, separator]) => {
        const written = lines.join(separator);
        const { problems } = parseWorkflowDocument(written);
        for (const { start, end: last } of problems) {
          expect(start).toBeLessThanOrEqual(last);
          expect(last).toBeLessThanOrEqual(written.length + 1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a text that is longer than the limit', () => {
    expect(first(`# ${'x'.repeat(1_048_576)}`)?.message).toContain('1048576 characters');
  });
});

describe('the problem of a list whose first member has no dash', () => {
  const message = 'The `- ` before the first member of this list is missing.';

  it.each([
    [
      'deeper than the second member',
      'steps:\n    name: a\n    type: b\n\n  - name: c\n',
      { line: 2, column: 5 },
    ],
    [
      'like the second member',
      'steps:\n  name: a\n  type: b\n  - name: c\n',
      { line: 2, column: 3 },
    ],
    [
      'in an inner list, with comments and a quoted text',
      'steps:\n  - name: a\n    steps: # inner\n      # first\n        name: b\n        x: "y"\n      # next\n      - name: c\n        with: { d: 1 }\n',
      { line: 5, column: 9 },
    ],
    [
      'in the cases of a switch',
      'cases:\n    match: a\n    steps: [b]\n  - match: c\n',
      { line: 2, column: 5 },
    ],
  ])('is reported at the member that is indented %s', (_, text, position) => {
    expect(parseWorkflowDocument(text).problems).toHaveLength(1);
    expect(first(text)).toEqual({ message, ...position });
  });

  it.each([
    'with:\n    a: 1\n  - b: 2\n',
    'steps:\n  - a: 1\n    b: 2\n - c: 3\n',
    'steps:\n    a\n  - c: 3\n',
  ])('is not assumed in %j', (text) => {
    expect(parseWorkflowDocument(text).problems[0]?.message).not.toBe(message);
  });
});

it.each([
  ['a:\n    - b: 1\n\n  c: 2\n', { line: 4, column: 3 }],
  ['a:\n  - b:\n      c: 1\n\n  # d\n e: 2\n', { line: 6, column: 2 }],
])(
  'the problem of a wrong indentation is reported at the first word that has it: %j',
  (text, at) => {
    const { message, ...place } = first(text) ?? {};
    expect(message).toContain('not indented');
    expect(place).toEqual(at);
  },
);

describe('the problem of a text in front of a list or object', () => {
  it.each([
    ['of a list', 'steps: none\n  - name: a\n    type: b\n', ['steps', { line: 1, column: 8 }]],
    [
      'of a list after a comment',
      'a: 1\nsteps: x y # z\n\n  # c\n  - name: a\n',
      ['steps', { line: 2, column: 8 }],
    ],
    ['of an object', 'a:\n  - with: x\n      url: y\n', ['with', { line: 2, column: 11 }]],
    ['in quotes', 'a: 1\nsettings: "x"\n  timeout: 5m\n', ['settings', { line: 2, column: 11 }]],
  ] as const)('is reported once, at the text: %s', (_, text, [key, position]) => {
    const message = `Remove this text: the value of \`${key}\` begins below.`;
    expect(parseWorkflowDocument(text).problems).toHaveLength(1);
    expect(first(text)).toEqual({ message, ...position });
  });

  it.each([
    'description: a text\n  note: b\n',
    'steps: none\nname: a\n - b\n',
    'steps: |\n  text\n - b: 1\n',
  ])('is not assumed in %j', (text) => {
    expect(parseWorkflowDocument(text).problems[0]?.message ?? '').not.toContain('begins below');
  });

  it('is located inside the text, whatever the lines of the text contain', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\t',
      '\uFEFF',
      ' ',
      '  ',
      '- ',
      'steps: ',
      'with: x',
      'name: a',
      '# c',
      ': ',
      '|',
    );
    const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const { problems } = parseWorkflowDocument(text);
        for (const { start, end } of problems) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(Math.max(text.length, start));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the positions of values in a text', () => {
  const at = (text: string, path: (string | number)[], part: string) => {
    const { positions, value } = parseWorkflowDocument(text);
    let decoded = value;
    for (const segment of path) decoded = (decoded as Record<string | number, unknown>)[segment];
    const start = String(decoded).indexOf(part);
    const { line, column, endLine, endColumn } = positions.ofPart(path, {
      start,
      end: start + part.length,
    });
    const lines = text.split(/\r?\n/);
    return line === endLine
      ? (lines[line - 1] ?? '').slice(column - 1, endColumn - 1)
      : `${line}-${endLine}`;
  };

  it.each([
    ['a plain text', 'a: hello world\n'],
    ['a text in double quotes', 'a: "x \\"\\u0041\\n hello world"\n'],
    ['a text in single quotes', "a: 'it''s hello world'\n"],
    ['a folded plain text', 'a: some\n  more\n\n  hello world\n'],
    ['a literal block', 'a: |\n    first\n\n      hello world\n    last\n'],
    ['a literal block with an indicator', 'a: |2\n    first\n  hello world\n'],
    ['a folded block', 'a: >-\n  first\n  hello world\n'],
    ['a literal block with CRLF', 'a: |\r\n  first\r\n  hello world\r\n'],
    ['an emoji in an escape before a fold', 'a: "\\U0001F600\n\n  hello world"\n'],
    ['a text after an emoji', 'a: "\\U0001F600 😀 hello world"\n'],
  ])('contain a part of %s', (_, text) => {
    expect(at(text, ['a'], 'world')).toBe('world');
  });

  it('need only one scan of a text for all of its parts', () => {
    const text = `a: "${'\\u0041 '.repeat(500)}"`;
    const document = parseDocument(text);
    const node = document.get('a', true) as Scalar;
    let reads = 0;
    // Only a scan reads the type of the node.
    Object.defineProperty(node, 'type', {
      get: () => {
        reads += 1;
        return 'QUOTE_DOUBLE';
      },
    });
    const positions = new DocumentPositions({ text, lines: new LineCounter(), document });
    positions.ofPart(['a'], { start: 0, end: 1 });
    const readsOfFirst = reads;
    const columns = Array.from({ length: 500 }, (_, index) => {
      return positions.ofPart(['a'], { start: index * 2, end: index * 2 + 1 }).column;
    });
    expect(columns).toEqual(columns.map((_, index) => 5 + 7 * index));
    expect(readsOfFirst).toBeGreaterThan(0);
    expect(reads).toBe(readsOfFirst);
  });

  it('contain keys, values and absent keys', () => {
    const text = 'steps:\n  - name: x\n    with:\n      q: 5\n';
    const { positions } = parseWorkflowDocument(text);
    expect(positions.ofKey(['steps', 0, 'with', 'q'])).toMatchObject({ line: 4, column: 7 });
    expect(positions.ofValue(['steps', 0, 'with', 'q'])).toMatchObject({ line: 4, column: 10 });
    expect(positions.ofValue(['steps', 0, 'type'])).toMatchObject({ line: 2, column: 5 });
    expect(positions.ofValue([])).toMatchObject({ line: 1, column: 1 });
  });

  it('contain a part of any text, however the text is written', () => {
    const word = fc.stringMatching(/^[a-z"'\\:#{}]{1,8}$/);
    const style = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), style, (words, type) => {
        const value = `${words.join(' ')} Target ${words.join('\n')}`;
        const text = stringify({ a: value }, { defaultStringType: type, lineWidth: 0 });
        expect(at(text, ['a'], 'Target')).toBe('Target');
      }),
      { numRuns: 300 },
    );
  });
});
