import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateInputs, generateSpecial } from './generate_inputs.ts';

const order = z.enum(['asc', 'desc']);

describe('generated inputs', () => {
  it('contain each value of each enum, including those in lists and nested objects', () => {
    const sent = generateInputs(
      z.strictObject({
        order,
        types: z.array(z.enum(['a', 'b'])).optional(),
        sort: z.array(z.strictObject({ field: z.string(), direction: order })).optional(),
        body: z.strictObject({ type: z.enum(['text', 'html']).default('text') }).optional(),
        others: z.record(z.string(), z.enum(['x', 'y'])).optional(),
      }),
    );
    expect(sent).toEqual(
      expect.arrayContaining([
        { order: 'desc' },
        { order: 'asc', types: ['b'] },
        { order: 'asc', sort: [{ field: 'a', direction: 'desc' }] },
        { order: 'asc', body: { type: 'html' } },
        { order: 'asc', others: { a: 'y' } },
      ]),
    );
  });

  it('contain each variant of a union, even with characters that need encoding', () => {
    const schema = z.union([
      z.strictObject({ id: z.string() }),
      z.strictObject({ path: z.string().max(100), depth: z.int().optional() }),
    ]);
    expect(generateInputs(schema)).toEqual(
      expect.arrayContaining([{ id: 'a' }, { path: 'a' }, { path: 'a', depth: expect.anything() }]),
    );
    expect(generateSpecial(schema)).toContainEqual({ path: 'a/b ?c&d=e#%é' });
    const cell = z.strictObject({ cell: z.union([z.number(), z.boolean(), z.null(), z.string()]) });
    const values = generateInputs(cell).map((input) => cell.parse(input).cell);
    expect(new Set(values.map((value) => value === null || typeof value))).toEqual(
      new Set(['number', 'boolean', true, 'string']),
    );
  });

  it('contain each of several alternative fields, and never two that exclude each other', () => {
    const fields = { id: z.string(), a: z.int(), b: z.int().optional(), c: z.int().optional() };
    const schema = z.strictObject({ ...fields, a: fields.a.optional() }).meta({
      anyOf: ['a', 'b', 'c'].map((name) => ({ required: [name] })),
      allOf: [{ not: { required: ['a', 'b'] } }],
    });
    const names = generateInputs(schema).map((input) => Object.keys(schema.parse(input)).join());
    expect(names).toEqual(expect.arrayContaining(['id,a', 'id,b', 'id,c', 'id,a,c', 'id,b,c']));
    expect(names.filter((one) => one.includes('a,b'))).toEqual([]);
  });
});
