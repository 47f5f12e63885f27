import { type ZodObject, type ZodType, z } from 'zod';

/** Field of a result: its name in the response, and its schema, which changes no value. */
type Field = readonly [from: string, schema: ZodType];

/** Fields by their names in the result. A group of fields becomes an object. */
interface Fields {
  readonly [name: string]: Field | Fields;
}

/** The schemas of the fields, by their names in the result. */
type ShapeOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends readonly [string, infer S extends ZodType]
    ? S
    : F[K] extends Fields
      ? ZodObject<ShapeOf<F[K]>>
      : never;
};

/**
 * Output of an object whose fields have other names in the response:
 * `renamed({ text: ['content', text()], channel: { id: ['channel_id', text()] } })` makes
 * `{ text, channel: { id } }` of `{ content, channel_id }`.
 */
export function renamed<const F extends Fields>(fields: F) {
  // The assertion is needed because the compiler loses the names in `Object.fromEntries`.
  const shape = shapeOf(fields) as ShapeOf<F>;
  const output: ZodType<z.output<ZodObject<ShapeOf<F>>>> = z.object(shape);
  return z
    .object(Object.fromEntries(sourcesOf(fields)))
    .transform((found): unknown => valuesOf(fields, found))
    .pipe(output);
}

const isField = (field: Field | Fields): field is Field => Array.isArray(field);

function sourcesOf(fields: Fields): readonly Field[] {
  return Object.values(fields).flatMap((one) => (isField(one) ? [one] : sourcesOf(one)));
}

function shapeOf(fields: Fields): Readonly<Record<string, ZodType>> {
  const shape = Object.entries(fields).map(
    ([name, one]) => [name, isField(one) ? one[1] : z.object(shapeOf(one))] as const,
  );
  return Object.fromEntries(shape);
}

function valuesOf(
  fields: Fields,
  found: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const values = Object.entries(fields).map(
    ([name, one]) => [name, isField(one) ? found[one[0]] : valuesOf(one, found)] as const,
  );
  return Object.fromEntries(values);
}
