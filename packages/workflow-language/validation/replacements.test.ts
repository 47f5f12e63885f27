import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { Diagnostic } from './diagnostic.ts';
import { validate } from './workflow_texts.mock.ts';

/** Faulty texts, by the key that has them. */
const CONDITIONS = [
  'inputs.a == "x"',
  "inputs.a == 'x'",
  'inputs.a != \'it is "x"\'',
  'inputs.a === x',
  'inputs.a = x y',
  'not inputs.a',
  '${{ inputs.a | size }}',
  '{{ inputs.a.size }}',
  '${{ inputs.a | size > 0 }}',
  'inputs.a == null',
  'inputs.a != null',
  'inputs.a == inputs.b',
  'inputs.a != {{ inputs.b }}',
  'inputs.a == "{{ inputs.b }}"',
  "{{ inputs.a }} == 'x'",
  '{{ inputs.a }} < {{ inputs.b }}',
  '{{ inputs.a }} : {{ inputs.b }}',
  "{{ inputs.a }} : 'x'",
  '{{ inputs.a }} : "x"',
  '{{ inputs.a }} : completed',
  '{{ inputs.a | size }} > 0',
  'inputs.a | size > 0',
  'inputs.a : null',
  'inputs.a : x and inputs.b : null',
  'inputs.a',
  '!inputs.a',
  'inputs.a : x && inputs.b : y',
  'inputs.a : x||inputs.b : y',
  "inputs.a : '1.3'",
  'inputs.a : \'x\' and inputs.b : "y"',
  'inputs.a == "x" and inputs.b == "y"',
  "(inputs.a != 'x' or inputs.b == y) and inputs.a : z",
  '{{ inputs.a }} == "x" or inputs.b == inputs.a',
  "inputs.a : '{{ inputs.b }}'",
  "inputs.a : '# x'",
] as const;

const head =
  'name: x\ntriggers:\n  - type: manual\n    inputs: [{ name: a, type: string }, { name: b, type: string }]\n';

const conditionStep = (condition: string): string =>
  `${head}steps:\n  - name: c\n    if: ${condition}\n    type: console\n    with: { message: y }\n`;

const inFlow = (condition: string): string =>
  `${head}steps:\n  - { name: c, if: ${condition}, type: console, with: { message: y } }\n`;

const aliased = (condition: string): string =>
  `${head}consts:\n  c: &c ${condition}\nsteps:\n  - name: c\n    if: *c\n    type: console\n    with: { message: y }\n`;

const step = `  - name: c
    type: console
    with: { message: y }
`;

/** Texts with a wrong value in place of `*`. */
const VALUES = [
  [
    'forech',
    `${head}steps:\n  - name: c\n    type: *\n    foreach: [1]\n    steps: [{ name: d }]\n`,
  ],
  [
    'data.regex_extract',
    `${head}steps:\n  - name: c\n    type: *\n    source: x\n    with: { x: y }\n`,
  ],
  [
    'google_drive.serchFiles',
    `${head}steps:\n  - name: c\n    type: *\n\n    with: { query: y }\n`,
  ],
  ['manul', `name: x\nsteps:\n${step}triggers:\n  - type: *\n`],
  ['100mb', `${head}steps:\n${step}    max-step-size: *\n    if: true\n`],
] as const;

/** Texts with a wrong key in place of `*`. */
const KEYS = [
  ['timout', `${head}steps:\n${step}    *: 5s\n`],
  ['condition', `${head}steps:\n${step}    *: true\n`],
  ['desciption', `${head}*: words\nsteps:\n${step}`],
  [
    'nam',
    `${head}steps:\n  - name: c\n    type: workflow.execute\n    with:\n      workflow-id: Child\n      inputs:\n        *: x\n`,
  ],
  ['timout', `${head}steps:\n  - { name: c, type: console, "with": { "message": "y" }, *: 5s }\n`],
] as const;

/** A text in each style of YAML that can have it. */
const styles = (text: string, indent = 6): readonly (readonly [string, string])[] => {
  const spaces = ' '.repeat(indent);
  const half = text.indexOf(' ') + 1;
  const broken = `${text.slice(0, half)}\n${spaces}${text.slice(half)}`;
  const all: [string, string][] = [
    ['plain', text],
    ['single quotes', `'${text.replaceAll("'", "''")}'`],
    ['double quotes', JSON.stringify(text)],
    ['literal block', `|\n${spaces}${text}`],
    ['literal block with its indentation', `|2-\n${spaces}${text}`],
    ['folded block', `>-\n${spaces}${text}`],
    ['folded block with a comment', `> # note\n${spaces}${text}\n`],
  ];
  if (half > 0) {
    all.push(['two plain lines', broken.replace(/ \n/, '\n')]);
    all.push(['two folded lines', `>-\n${spaces}${broken.replace(/ \n/, '\n')}`]);
    all.push(['two quoted lines', JSON.stringify(text).replace(' ', `\n${spaces}`)]);
  }
  return all.filter(([, written]) => {
    const document = parseDocument(`a:\n  b: ${written}`);
    const value = document.errors.length === 0 ? document.getIn(['a', 'b']) : undefined;
    return typeof value === 'string' && value.trim() === text;
  });
};

/** Applies a replacement to its marked range. */
function repaired(text: string, diagnostic: Diagnostic): string {
  const { line, column, endLine, endColumn, replacement = '' } = diagnostic;
  const offset = (toLine: number, toColumn: number): number =>
    text
      .split('\n')
      .slice(0, toLine - 1)
      .join('\n').length +
    (toLine > 1 ? 1 : 0) +
    toColumn -
    1;
  return text.slice(0, offset(line, column)) + replacement + text.slice(offset(endLine, endColumn));
}

const same = (a: Diagnostic, b: Diagnostic): boolean =>
  a.ruleId === b.ruleId && a.path.join() === b.path.join();

/** Faults that are left after each replacement of a text. */
function failures(text: string): readonly string[] {
  return validate(text).diagnostics.flatMap((diagnostic) => {
    if (diagnostic.replacement === undefined) return [];
    const after = repaired(text, diagnostic);
    const left = validate(after).diagnostics.filter(
      (each) => each.ruleId === 'yamlSyntaxError' || same(each, diagnostic),
    );
    return left.map(({ message }) => `${after} ${message}`);
  });
}

const replacements = (text: string): readonly (string | undefined)[] =>
  validate(text).diagnostics.map(({ replacement }) => replacement);

describe('a replacement', () => {
  it.each(CONDITIONS)('repairs the condition %s, in each style of the text', (condition) => {
    for (const [, written] of styles(condition)) {
      const text = conditionStep(written);
      expect(failures(text)).toEqual([]);
      expect(failures(text.replaceAll('\n', '\r\n'))).toEqual([]);
      expect(failures(aliased(written))).toEqual([]);
      expect(replacements(text)).toEqual([expect.any(String)]);
    }
    for (const [style, written] of styles(condition)) {
      if (!style.includes('block') && !style.includes('folded')) {
        expect(failures(inFlow(written))).toEqual([]);
      }
    }
  });

  it.each(VALUES)('repairs the value %s, in each style of the text', (value, text) => {
    for (const [, written] of styles(value)) {
      const faulty = text.replace('*', () => written);
      expect(failures(faulty)).toEqual([]);
      expect(failures(faulty.replaceAll('\n', '\r\n'))).toEqual([]);
    }
    expect(replacements(text.replace('*', value))).toContainEqual(expect.any(String));
  });

  it.each(KEYS)('repairs the key %s, in each style of the text', (key, text) => {
    for (const written of [key, `'${key}'`, `"${key}"`]) {
      const faulty = text.replace('*', written);
      expect(failures(faulty)).toEqual([]);
      expect(replacements(faulty)).toContainEqual(expect.any(String));
    }
  });

  it('is not offered for a key if the object also has the right key', () => {
    const text = `${head}steps:\n${step}    timeout: 5s\n    timout: 5s\n`;
    expect(replacements(text)).toEqual([undefined]);
  });

  it('is not an expression in the condition of a trigger, which cannot contain one', () => {
    const trigger = (condition: string): string =>
      `name: x\ntriggers:\n  - type: workflows.failed\n    on: { condition: ${condition} }\nsteps:\n${step}`;
    expect(replacements(trigger('event.error.stepName'))).toEqual([undefined]);
    expect(replacements(trigger('event.error.stepName == x'))).toEqual([
      '"event.error.stepName: x"',
    ]);
  });
});
