import { describe, expect, it } from 'vitest';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

const withInputs = (inputs: string): string =>
  `inputs: ${inputs}\nconsts: { n: 1 }\n${step('type: console\nwith: { message: hi }')}`;

describe('validation of references in the schema of inputs', () => {
  it.each([
    ['#/$defs/x', []],
    ['#', []],
    ['#/$defs/y', ['1 schemaViolation (w)']],
    ['https://example.com/schema', ['1 schemaViolation (w)']],
  ])('for $ref %s, reports %j', (reference, expected) => {
    const schema = `{ properties: { a: { $ref: "${reference}" } }, $defs: { x: { type: string } } }`;
    expect(found(withInputs(schema))).toEqual(expected);
  });

  it('compares a default with the part to which the reference of its input leads', () => {
    const of = (value: string) =>
      `{ properties: { a: { $ref: "#/$defs/x", default: ${value} } }, $defs: { x: { type: string } } }`;
    expect(found(withInputs(of('text')))).toEqual([]);
    expect(found(withInputs(of('5')))).toEqual(['1 invalidDefaultValue']);
  });

  it('also looks at the form of a step that waits for input', () => {
    const form = '{ type: object, properties: { a: { items: { $ref: "#/$defs/y" } } } }';
    const yaml = step(`type: waitForInput\nwith:\n  schema: ${form}`);
    expect(found(yaml)).toEqual(['12 schemaViolation (w)']);
  });
});

describe('validation of the form of a step that waits for input', () => {
  it.each([
    ['{ name: { type: string }, age: { type: number } }', ['12 schemaViolation (w)']],
    ['{ type: { type: string } }', ['12 schemaViolation']],
    ['{ type: object, properties: { name: { type: string } } }', []],
    ['{ items: { type: string } }', []],
    ['{ $defs: { x: { type: string } } }', []],
    ['{ $defs: { type: string } }', ['12 schemaViolation']],
    ['{ name: { type: string }, title: Ticket }', []],
    ['{}', []],
  ])('for %s, which may list fields without properties, reports %j', (form, expected) => {
    expect(found(step(`type: waitForInput\nwith:\n  schema: ${form}`))).toEqual(expected);
  });
});

describe('validation of a default that is a template', () => {
  const inProperty = (text: string) =>
    `{ properties: { a: { type: string, default: ${JSON.stringify(text)} } } }`;
  const inList = (text: string) => `[{ name: a, type: string, default: ${JSON.stringify(text)} }]`;

  it.each([
    ['{{ now }} {{ consts.n }} {{ workflow.name }} {{ execution.executedBy }}', []],
    ['{{ now | unknown }}', ['1 liquidSyntaxError']],
    ['{{ inputs.b }}', ['1 invalidVariableReference (w)']],
    ['{{ consts.m }}', ['1 invalidVariableReference (w)']],
  ])('for %j, reports %j', (text, expected) => {
    expect(found(withInputs(inProperty(text)))).toEqual(expected);
    expect(found(withInputs(inList(text)))).toEqual(expected);
  });

  it('looks at the inputs of triggers, and at texts inside of the default', () => {
    const trigger =
      'type: manual\n    inputs: { properties: { a: { default: { b: ["{{ nope }}"] } } } }';
    const yaml = step('type: console\nwith: { message: hi }').replace('type: manual', trigger);
    expect(validate(yaml).diagnostics).toMatchObject([
      { line: 4, path: ['triggers', 0, 'inputs', 'properties', 'a', 'default', 'b', 0] },
    ]);
  });
});

it.each(['inputs', 'outputs'])('validation names the list that is expected of `%s`', (key) => {
  const yaml = workflow(
    '- { name: a, type: console, with: { message: x } }',
    `${key}: { x: { value: 1 } }\n`,
  );
  expect(validate(yaml).diagnostics).toMatchObject([
    { message: `Write a list of ${key}, or a JSON Schema with \`properties\`.` },
  ]);
});

it.each([
  ['inputs', 'inputs: { properties: { a: { type: string, defualt: x } } }\n', 'default'],
  ['outputs', 'outputs: { tyep: object, properties: { a: { type: string } } }\n', 'type'],
])('validation warns of a misspelt keyword in the schema of %s', (_, top, replacement) => {
  const yaml = workflow('- { name: a, type: console, with: { message: x } }', top);
  expect(validate(yaml).diagnostics).toMatchObject([
    { severity: 'warning', ruleId: 'schemaViolation', replacement },
  ]);
});

it('validation warns of an unknown keyword in the schema of a form', () => {
  const schema = '{ properties: { a: { type: string, colour: red } } }';
  const [diagnostic, ...others] = validate(
    step(`type: waitForInput\nwith: { schema: ${schema} }`),
  ).diagnostics;
  expect(others).toEqual([]);
  expect(diagnostic).toMatchObject({
    severity: 'warning',
    message: 'The key `colour` is unknown here and ignored.',
  });
});
