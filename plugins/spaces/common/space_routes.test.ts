import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { spaceBody, spaceChangesBody } from './space_routes.ts';

const nameSchema = z.object({
  properties: z.object({
    name: z.object({ pattern: z.string(), minLength: z.int(), maxLength: z.int() }),
  }),
});

describe('the name of a space', () => {
  it.each([
    ['when it is created', spaceBody],
    ['when it is updated', spaceChangesBody],
  ])('is accepted exactly when the API description allows it, %s', (_when, body) => {
    const { name } = nameSchema.parse(z.toJSONSchema(body, { io: 'input' })).properties;
    const pattern = new RegExp(name.pattern, 'u');
    const anything = fc.string({ unit: 'binary', maxLength: 12 });
    const withControls = fc.string({
      unit: fc.constantFrom('a', ' ', '\u0000', '\n', '\u0085', '\u202e', '\u2069'),
    });
    fc.assert(
      fc.property(fc.oneof(anything, withControls), (text) => {
        const isDescribed = (one: string) => one.length >= name.minLength && pattern.test(one);
        const { success } = body.safeParse({ id: 'sales', name: text });
        expect(success).toBe(isDescribed(text));
      }),
    );
  });
});

describe('the avatar of a space', () => {
  it.each(['color', 'imageUrl'] as const)(
    '%s is described with one pattern, also for an empty text, as generated clients need it',
    (field) => {
      const described = z.object({
        properties: z.object({ [field]: z.looseObject({ type: z.literal('string') }) }),
      });
      const { properties } = described.parse(z.toJSONSchema(spaceBody, { io: 'input' }));
      const pattern = new RegExp(z.string().parse(properties[field]?.['pattern']), 'u');
      for (const text of [
        '',
        '#00BFB3',
        '#00bfb',
        'x#00BFB3',
        'data:image/png;base64,',
        'data:x',
      ]) {
        const { success } = spaceBody.safeParse({ id: 'sales', name: 'Sales', [field]: text });
        expect(pattern.test(text)).toBe(success);
      }
    },
  );
});
