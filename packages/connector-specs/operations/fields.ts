import {
  type ZodBoolean,
  type ZodDefault,
  type ZodOptional,
  type ZodRawShape,
  type ZodType,
  z,
} from 'zod';
import { setInBody } from './wire.ts';

/** A string in a result that may be missing or null. */
export const text = () => z.string().nullish();

/** A number in a result that may be missing or null. */
export const number = () => z.number().nullish();

/** A boolean in a result that may be missing or null. */
export const flag = () => z.boolean().nullish();

/** Fields of one kind: `texts('name', 'url')` is `{ name: text(), url: text() }`. */
export const fieldsOf =
  <T extends ZodType>(kind: () => T) =>
  <const N extends string>(...names: readonly N[]) =>
    // The assertion is needed because the compiler loses the names in `Object.fromEntries`.
    Object.fromEntries(names.map((name) => [name, kind()])) as { readonly [K in N]: T };

/** Fields with a {@link text}. */
export const texts = fieldsOf(text);

/** Fields with a {@link number}. */
export const numbers = fieldsOf(number);

/** Fields with a {@link flag}. */
export const flags = fieldsOf(flag);

/** An object in a result that may be missing or null. */
export const object = <S extends ZodRawShape>(shape: S) => z.object(shape).nullish();

/** A list of objects in a result that may be missing or null. */
export const objects = <S extends ZodRawShape>(shape: S) => z.array(z.object(shape)).nullish();

/**
 * The result of an operation that returns the bytes of a file to a handler.
 * @param query values of the query of every request
 */
export const bytes = (query: Readonly<Record<string, string | boolean>> = {}) => ({
  response: 'bytes' as const,
  fixed: { query, headers: { Accept: '*/*' } },
  output: z.instanceof(Buffer),
});

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

/** Input that is a text of 1 to `maxLength` characters. */
export const textOf = (maxLength: number) => z.string().min(1).max(maxLength);

/** Input that is a text of at most `maxLength` characters and may be absent. */
export const optionalText = (maxLength: number) => z.string().max(maxLength).optional();

/** Input that is `true` or `false`. Without a default it may be absent. */
export function option(meaning: string): ZodOptional<ZodBoolean>;
export function option(meaning: string, byDefault: boolean): ZodDefault<ZodBoolean>;
export function option(meaning: string, byDefault?: boolean) {
  const value = z.boolean();
  return (byDefault === undefined ? value.optional() : value.default(byDefault)).describe(meaning);
}

/** Input that is one of several texts, with a default. */
export const choice = <const V extends readonly [string, ...string[]]>(
  values: V,
  byDefault: V[number],
) => z.enum(values).default(() => byDefault);

/** Input that is a whole number of at least `min`, and may be absent. */
export const optionalInteger = (min: number, max: number) => z.int().min(min).max(max).optional();

/** Input that is an instant. */
export const instant = () => z.iso.datetime({ offset: true }).max(40);

/** Input with the number of items to skip. */
export const skipped = (things: string, max?: number) =>
  z
    .int()
    .min(0)
    .max(max ?? Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe(`Number of ${things} to skip`);

/** Input with the number of a page. */
export const pageNumber = (max = Number.MAX_SAFE_INTEGER) =>
  z.int().min(1).max(max).default(1).describe('Number of the page, from 1');

/** Input with the number of items of a page. */
export const pageSize = (
  things: string,
  size: { readonly max: number; readonly byDefault: number },
) =>
  z
    .int()
    .min(1)
    .max(size.max)
    .default(size.byDefault)
    .describe(`${things} per page, max ${size.max}`);

/**
 * Input with the cursor of a page.
 * @param name name of the cursor in the result of the previous page
 */
export const pageCursor = (maxLength: number, name = 'nextCursor') =>
  z.string().max(maxLength).optional().describe(`${name} of the previous page`);

/**
 * Field of {@link nested}: the path at which it is sent, its schema, and its meaning unless the
 * schema has one.
 */
type NestedField = readonly [path: string, schema: ZodType, meaning?: string];

/**
 * Input that is an object with optional fields, each of which is sent at its own path in the
 * object. Dots make nested objects: with `{ teamId: ['team.id.eq', textOf(64)] }`,
 * `{ team: { id: { eq: teamId } } }` is sent.
 */
export const nested = <const F extends Readonly<Record<string, NestedField>>>(fields: F) => {
  const entries = Object.entries(fields);
  const inputs = entries.map(([name, [, schema, meaning]]) => {
    const input = schema.optional();
    return [name, meaning === undefined ? input : input.describe(meaning)] as const;
  });
  // The assertion is needed because the compiler loses the names in `Object.fromEntries`.
  const shape = Object.fromEntries(inputs) as {
    readonly [K in keyof F]: ZodOptional<F[K][1]>;
  };
  return z.strictObject(shape).transform((input) => {
    const values = z.record(z.string(), z.unknown()).parse(input);
    const sent: Record<string, unknown> = {};
    for (const [name, [path]] of entries) setInBody(sent, path, values[name]);
    return sent;
  });
};
