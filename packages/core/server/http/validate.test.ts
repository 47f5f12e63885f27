import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validatePart } from './validate.ts';

const schema = z.strictObject({
  any: z.unknown().nonoptional(),
  flags: z
    .union([
      z.stringbool({ truthy: ['on'], falsy: ['off'] }).transform((one) => [one]),
      z.array(z.string()).max(2),
    ])
    .optional(),
  names: z.union([z.string().min(1), z.array(z.string())]).optional(),
});

describe('the message of a refused value', () => {
  it.each([
    [{}, '[request query.any]: this key is missing'],
    [{ any: 1, flags: 'maybe' }, '[request query.flags]: expected one of "on"|"off" or array'],
    [
      { any: 1, names: '' },
      '[request query.names]: too small: expected string to have >=1 characters',
    ],
    [{ any: 1, names: 5 }, '[request query.names]: expected string or array'],
  ])('for %j, says what is expected', (value, message) => {
    expect(() => validatePart('query', schema, value)).toThrow(message);
  });
});
