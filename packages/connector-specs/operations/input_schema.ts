import { type ZodObject, type ZodRawShape, type ZodType, z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import type { Pages } from './pages.ts';

type Input = Readonly<Record<string, unknown>>;

/**
 * The schema of the input. It refuses unknown inputs, and has `all` for lists and `raw` if the
 * operation declares it.
 */
export function inputOf<S extends ZodRawShape>(
  shape: S,
  rules: {
    readonly pages: Pages | undefined;
    readonly atLeastOneOf: readonly string[] | 'optional';
    readonly notTogether: Readonly<Record<string, readonly string[] | undefined>>;
    readonly hasRaw: boolean;
  },
): ZodObject<S> {
  const all = z
    .boolean()
    .optional()
    .describe('true: also reads the following pages, up to a limit');
  const raw = z.boolean().optional().describe('true: returns the response of the API unchanged');
  // `all` and `raw` are missing in the declared type, because only operations read them.
  const schema = z.strictObject({
    ...shape,
    ...(rules.pages === undefined ? {} : { all }),
    ...(rules.hasRaw ? { raw } : {}),
  }) as ZodObject<S>;
  const notTogether = Object.entries(rules.notTogether).flatMap(([one, others = []]) =>
    others.map((other) => [one, other] as const),
  );
  const atLeastOneOf = rules.atLeastOneOf === 'optional' ? optionalIn(shape) : rules.atLeastOneOf;
  if (atLeastOneOf.length === 0 && notTogether.length === 0) return schema;
  const has = (input: Input, name: string) => input[name] !== undefined;
  return schema
    .refine(
      (input: Input) => atLeastOneOf.length === 0 || atLeastOneOf.some((name) => has(input, name)),
      { message: `needs at least one of ${atLeastOneOf.join(', ')}` },
    )
    .superRefine((input: Input, { addIssue }) => {
      for (const [one, other] of notTogether) {
        if (!has(input, one) || !has(input, other)) continue;
        addIssue({ code: 'custom', path: [other], message: `cannot be given with ${one}` });
      }
    })
    .meta({
      ...(atLeastOneOf.length === 0
        ? {}
        : { anyOf: atLeastOneOf.map((name) => ({ required: [name] })) }),
      ...(notTogether.length === 0
        ? {}
        : { allOf: notTogether.map((required) => ({ not: { required } })) }),
    });
}

/** Names of inputs that a call may leave out, and that have no default. */
function optionalIn(shape: ZodRawShape): readonly string[] {
  return Object.keys(shape).filter((name) => {
    const parsed = z.object({ value: shape[name] ?? z.never() }).safeParse({});
    return parsed.success && parsed.data.value === undefined;
  });
}

/**
 * Validates the input of an operation and adds defaults.
 * @throws ConnectorActionError `invalid_input` that names the fields
 */
export function parseInput(schema: ZodType, input: unknown): Input {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => `[${path.join('.')}]`);
    throw new ConnectorActionError('invalid_input', `invalid ${[...new Set(fields)].join(', ')}`);
  }
  return z.record(z.string(), z.unknown()).parse(parsed.data);
}
