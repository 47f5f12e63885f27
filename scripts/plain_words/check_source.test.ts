import { describe, expect, it } from 'vitest';
import { checkDocument, checkSource } from './check_source.ts';

const messagesOf = (text: string) => checkSource('a.ts', text).map(({ message }) => message);

describe('the check of words in source files', () => {
  it.each([
    ['a comment', '// Waits for an answer.', 'answer'],
    ['a docblock', '/** Revokes the grants of a person. */\nconst a = 1;', 'person'],
    ['a comment in an object', 'const a = {\n  /** Sent to somebody. */\n  b: 1,\n};', 'somebody'],
    ['the title of a test', "it('spares a new grant', () => {});", 'spares'],
    ['the title of a table of tests', "it.each([1])('meets its fate: %s', () => {});", 'fate'],
    ['a mark of a conflict', '/** <<<<<<< HEAD Claims the row. */\nconst a = 1;', '<<<<<<<'],
    ['a log line', "logger.warn('The provider is gone.');", 'is gone'],
    ['a log line with values', 'logger.info(`No answer of ${host}.`);', 'answer'],
    ['the message of an error', "throw new FlowError('Ask somebody else.');", 'somebody'],
  ])('finds a banned word in %s', (_, text, word) => {
    expect(messagesOf(text)).toEqual([expect.stringContaining(`"${word}": use `)]);
  });

  it('reports the line of the finding', () => {
    expect(checkSource('a.ts', 'const a = 1;\n\n// The fate of a token.\n')).toEqual([
      { line: 3, message: '"fate": use result' },
    ]);
  });

  it.each([
    ['code in a comment', '// Calls `answer()`, see {@link answer}.'],
    ['a wire name in quotes', "// Stored as 'person'."],
    ['identifiers and other strings', "const spare = 'person';"],
    ['a longer word', '// Reads personal data.'],
  ])('accepts banned words in %s', (_, text) => {
    expect(messagesOf(text)).toEqual([]);
  });

  it('finds comment lines of more than 100 columns', () => {
    const comment = (columns: number) => `// ${'x'.repeat(columns - 3)}`;
    expect(messagesOf(comment(100))).toEqual([]);
    expect(messagesOf(comment(101))).toEqual(['comment line of 101 columns']);
    expect(checkSource('a.ts', `/**\n * Short.\n ${comment(120)}\n */\nconst a = 1;`)).toEqual([
      { line: 3, message: 'comment line of 121 columns' },
    ]);
  });

  it('accepts long lines with a long URL, and long lines of code', () => {
    expect(messagesOf(`// https://example.com/${'x'.repeat(120)}`)).toEqual([]);
    expect(messagesOf(`const a = '${'x'.repeat(120)}';`)).toEqual([]);
  });

  it('finds docblocks that begin with a question word', () => {
    expect(messagesOf('/** Whether it is on. */\nconst a = 1;')).toEqual([
      'docblock begins with "Whether"',
    ]);
  });
});

describe('the check of names', () => {
  it.each([
    ['const door = 1;', 'door'],
    ['function openGate() {}', 'openGate'],
    ['const f = (storm: number) => storm;', 'storm'],
    ['class A { readonly #timerGate = 1; }', '#timerGate'],
    ['interface A { readonly lateAnswer: string }', 'lateAnswer'],
    ['type Fate = string;', 'Fate'],
  ])('finds a banned word in the declaration %s', (text, name) => {
    expect(messagesOf(text)).toEqual([`name "${name}"`]);
  });

  it.each(['const gateway = 1;', 'const indoors = 2;', 'use(house);'])('accepts %s', (text) => {
    expect(messagesOf(text)).toEqual([]);
  });
});

describe('the check of docblocks', () => {
  const inProduct = (text: string) =>
    checkSource('packages/a/b.ts', text).map(({ message }) => message);

  it('finds exports of the product without a docblock', () => {
    expect(inProduct('export const a = 1;')).toEqual(['export without docblock: a']);
    expect(inProduct('/** The first number. */\nexport const a = 1;\nconst b = 2;')).toEqual([]);
  });

  it('accepts one docblock for all overloads of a function', () => {
    const overloads = 'export function f(a: string): void;\nexport function f(a: unknown) {}';
    expect(inProduct(`/** Does it. */\n${overloads}`)).toEqual([]);
  });

  it('accepts exports without a docblock in tests and tools', () => {
    expect(messagesOf('export const a = 1;')).toEqual([]);
    expect(checkSource('packages/a/b.mock.ts', 'export const a = 1;')).toEqual([]);
  });

  it.each(['@throws Error always', '`undefined`: there is none', '@returns the number'])(
    'finds the docblock "%s", which does not say what the function does',
    (text) => {
      expect(messagesOf(`/** ${text} */\nexport function f() {}`)).toEqual([
        'docblock does not say what the function does',
      ]);
    },
  );

  it.each([
    ["throw new Error('no');", 1],
    ["if (a) { throw new Error('no'); }", 1],
    ["try { throw new Error('no'); } catch {}", 0],
    ["return () => { throw new Error('no'); };", 0],
    ['throw error;', 0],
  ])(
    'in the body `%s`, finds this number of thrown errors that the docblock does not mention: %i',
    (body, count) => {
      const found = inProduct(`/** Does it. */\nexport function f() { ${body} }`);
      expect(found).toEqual(Array(count).fill('docblock does not mention the thrown error'));
      expect(inProduct(`/** Does it. @throws Error */\nexport function f() { ${body} }`)).toEqual(
        [],
      );
    },
  );
});

describe('the check of words in documents', () => {
  it('finds banned words in text and tables, and reports their lines', () => {
    expect(checkDocument('# Title\n\nThe fate.\n\n| a person |\n')).toEqual([
      { line: 3, message: '"fate": use result' },
      { line: 5, message: '"person": use user, users' },
    ]);
  });

  it('accepts banned words in code, and long lines', () => {
    const code = '```json\n{ "type": "person" }\n```';
    expect(checkDocument(`${code}\n\nSend \`answer\`. ${'x'.repeat(200)}`)).toEqual([]);
  });
});
