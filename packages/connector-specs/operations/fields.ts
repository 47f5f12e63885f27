import { type ZodRawShape, z } from 'zod';

/** A text in a result that may be missing or null. */
export const text = () => z.string().nullish();

/** A number in a result that may be missing or null. */
export const number = () => z.number().nullish();

/** A boolean in a result that may be missing or null. */
export const flag = () => z.boolean().nullish();

/**
 * The result of an operation whose response has no body: `{ updated: true, issueId }` for
 * `confirmed('updated', 'issueId')`. Without a flag: `{ ok: true }`.
 * @param inputs names of inputs that are texts
 */
export const confirmed = <const I extends string = never>(
  flag = 'ok',
  ...inputs: readonly I[]
) => ({
  response: 'none' as const,
  confirms: { flag, inputs },
  output: z.object({
    [flag]: z.boolean(),
    ...Object.fromEntries(inputs.map((name) => [name, z.string()])),
  }),
});

/** Names on the wire of inputs that are members of one object: `title` is sent as `input.title`. */
export const within = <const P extends string, S extends ZodRawShape>(parent: P, inputs: S) =>
  // The compiler does not follow the names through entries.
  Object.fromEntries(Object.keys(inputs).map((name) => [name, `${parent}.${name}`])) as {
    readonly [K in keyof S & string]: `${P}.${K}`;
  };
