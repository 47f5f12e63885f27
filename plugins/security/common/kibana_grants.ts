import { z } from 'zod';

const word = z.string().min(1).max(128);
const space = z
  .string()
  .regex(
    /^(?:\*|[a-z0-9_-]{1,64})$/,
    'must be * or consist of lower-case letters, digits, - and _',
  );

/**
 * Entries of a role as Kibana's clients send them. Some clients send `base: null` for an empty
 * base, and name a space twice.
 */
export const kibanaGrants = z
  .array(
    z.strictObject({
      base: z
        .array(word)
        .max(10)
        .nullish()
        .transform((base) => base ?? []),
      feature: z.record(word, z.array(word).max(50)).default({}),
      spaces: z
        .array(space)
        .min(1)
        .max(1000)
        .default(['*'])
        .transform((spaces) => [...new Set(spaces)]),
    }),
  )
  .max(1000);
