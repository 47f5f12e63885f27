import { describe, expect, it } from 'vitest';
import { TemplateEngine } from '../templates/template_engine.ts';
import { inputsSchema, resolveInputs, triggerInputsSchema } from './resolve_inputs.ts';

const engine = new TemplateEngine();
const render = async (value: unknown) =>
  engine.render(value, { now: new Date('2026-11-29T10:00:00Z') });

const ARRAY = [
  { name: 'query', type: 'string', required: true },
  { name: 'size', type: 'number', default: 10 },
  { name: 'mode', type: 'choice', options: ['a', 'b'] },
  { name: 'day', type: 'string', default: '{{ now | date: "%Y-%m-%d" }}' },
  { name: 'list', type: 'array', maxItems: 2 },
];

const schema = inputsSchema({ triggers: [{ type: 'manual', inputs: ARRAY }] });

describe('inputsSchema', () => {
  it('converts the array form to a JSON Schema', () => {
    expect(schema).toEqual({
      type: 'object',
      properties: {
        query: { type: 'string' },
        size: { type: 'number', default: 10 },
        mode: { type: 'string', enum: ['a', 'b'] },
        day: { type: 'string', default: '{{ now | date: "%Y-%m-%d" }}' },
        list: { type: 'array', maxItems: 2 },
      },
      required: ['query'],
      additionalProperties: false,
    });
  });

  it('uses the inputs of a trigger rather than those of the document', () => {
    const top = { properties: { old: { type: 'string' } } };
    const trigger = { properties: { new: { type: 'string' } } };
    const properties = (document: unknown) =>
      Object.keys(inputsSchema(document)?.['properties'] ?? {});
    expect(properties({ inputs: top, triggers: [{ type: 'manual' }] })).toEqual(['old']);
    expect(properties({ inputs: top, triggers: [{ type: 'manual', inputs: trigger }] })).toEqual([
      'new',
    ]);
  });

  it('returns undefined when the workflow declares no inputs', () => {
    expect(inputsSchema({ triggers: [{ type: 'manual' }] })).toBeUndefined();
    expect(inputsSchema(undefined)).toBeUndefined();
  });
});

describe('inputs of a schedule', () => {
  const field = (name: string, required = false) => ({ name, type: 'string', required });
  const names = (schema: ReturnType<typeof inputsSchema>) =>
    Object.keys(schema?.['properties'] ?? {});

  it('are those of its own trigger', () => {
    const triggers = [
      { type: 'scheduled', inputs: [field('own', true)] },
      { type: 'manual', inputs: [field('given', true)] },
    ];
    expect(names(inputsSchema({ triggers }))).toEqual(['given']);
    expect(triggerInputsSchema({ triggers }, 'scheduled')).toMatchObject({ required: ['own'] });
  });

  it('are required at the top of a document only', () => {
    const triggers = [{ type: 'scheduled' }, { type: 'manual', inputs: [field('given', true)] }];
    expect(triggerInputsSchema({ triggers }, 'scheduled')).toMatchObject({ required: [] });
    expect(
      triggerInputsSchema({ inputs: [field('top', true)], triggers }, 'scheduled'),
    ).toMatchObject({ required: ['top'] });
  });
});

describe('resolveInputs', () => {
  it('adds defaults, renders their templates, and leaves other inputs absent', async () => {
    expect(await resolveInputs(schema, { query: 'x', mode: undefined }, render)).toEqual({
      kind: 'resolved',
      inputs: { query: 'x', size: 10, day: '2026-11-29' },
    });
  });

  it('keeps a given value even if it is false or empty', async () => {
    expect(await resolveInputs(schema, { query: '', size: 0 }, render)).toMatchObject({
      inputs: { query: '', size: 0 },
    });
  });

  it.each([
    [{}, 'The key `query` is missing.'],
    [{ query: 5 }, 'Expected a text.'],
    [{ query: 'x', mode: 'c' }, 'Expected one of "a", "b".'],
    [{ query: 'x', list: [1, 2, 3] }, 'The list has more than 2 members.'],
    [{ query: 'x', other: 1 }, 'The key `other` is unknown here.'],
  ])('refuses the inputs %j', async (given, message) => {
    expect(await resolveInputs(schema, given, render)).toEqual({
      kind: 'refused',
      issues: [expect.objectContaining({ message })],
    });
  });

  it('returns the given inputs unchanged when the workflow declares none', async () => {
    expect(await resolveInputs(undefined, { a: 1 }, render)).toEqual({
      kind: 'resolved',
      inputs: { a: 1 },
    });
  });
});
