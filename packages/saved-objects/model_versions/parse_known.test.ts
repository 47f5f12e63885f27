import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseKnown } from './parse_known.ts';

const schema = z.strictObject({
  name: z.string(),
  lease: z.strictObject({ owner: z.string() }).optional(),
  steps: z.array(z.strictObject({ at: z.number() })).optional(),
});

describe('parsing the attributes that a build knows', () => {
  it('drops unknown keys at every depth, even when the schema is strict', () => {
    const value = {
      name: 'x',
      later: 1,
      lease: { owner: 'o', later: { deep: 1 } },
      steps: [{ at: 1 }, { at: 2, later: true }],
    };
    expect(parseKnown(schema, value)).toStrictEqual({
      success: true,
      data: { name: 'x', lease: { owner: 'o' }, steps: [{ at: 1 }, { at: 2 }] },
    });
    expect(value.lease).toEqual({ owner: 'o', later: { deep: 1 } });
  });

  it('fails with the first attribute that the schema refuses, not with an unknown attribute', () => {
    const value = { name: 'x', later: 1, lease: { owner: 7 } };
    expect(parseKnown(schema, value)).toEqual({ success: false, attribute: 'lease' });
  });

  it('drops an unknown key named __proto__', () => {
    const value = JSON.parse('{"name":"x","__proto__":{"owner":1}}');
    expect(parseKnown(schema, value)).toMatchObject({ success: true, data: { name: 'x' } });
  });
});
