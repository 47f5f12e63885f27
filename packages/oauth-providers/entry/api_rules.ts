import { z } from 'zod';
import { path, seconds } from './entry_fields.ts';

/** A condition for a response of the API. All parts must match. */
export const responseRule = z.strictObject({
  /** Range of HTTP statuses, both inclusive. */
  status: z.tuple([z.int(), z.int()]),
  header: z
    .strictObject({
      name: z.string().regex(/^[a-z-]+$/),
      /** Absent: any value. */
      equals: z.string().optional(),
    })
    .optional(),
  body: z
    .array(
      z.union(
        [
          z.strictObject({
            path,
            equals: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
          }),
          /** A text that contains this one, in any case of letters. */
          z.strictObject({ path, contains: z.string().min(1).toLowerCase() }),
        ],
        { error: 'needs a path, and equals (a list of values) or contains (a text)' },
      ),
    )
    .default([]),
});

/** Where a response names the scopes of which one suffices. */
const neededScopes = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('header'), name: z.string().regex(/^[a-z-]+$/) }),
  z.strictObject({
    from: z.literal('body'),
    path,
    /** Texts before and after the scopes in a sentence. Absent: the value has nothing else. */
    between: z.tuple([z.string().min(1), z.string().min(1)]).optional(),
  }),
]);

/** A response that says that the token lacks a scope. */
export const missingScopeRule = responseRule.extend({
  /** Absent: the response does not name them. */
  needed: neededScopes.optional(),
  /** Header with the scopes of the token, for a provider that names both in every response. */
  grantedHeader: z
    .string()
    .regex(/^[a-z-]+$/)
    .optional(),
  /** `true`: the response has other causes, too. It counts if the user did not grant a scope. */
  hasOtherCauses: z.boolean().optional(),
});

/** Where a response states how long to wait. */
const wait = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('header'),
    name: z.string().regex(/^[a-z-]+$/),
    format: z.enum(['seconds', 'http_date', 'iso_time', 'epoch_seconds', 'epoch_ms']),
    /** Only of a response with this header. */
    onlyIf: z.strictObject({ name: z.string().regex(/^[a-z-]+$/), equals: z.string() }).optional(),
  }),
  z.strictObject({ from: z.literal('body'), path, format: z.literal('seconds') }),
  z.strictObject({
    from: z.literal('fixed'),
    seconds,
    /** Only of responses in this range of HTTP statuses, both inclusive. Default: of all. */
    status: z.tuple([z.int(), z.int()]).optional(),
  }),
]);

/** `Retry-After` in both formats of RFC 9110 §10.2.3. */
export const DEFAULT_WAITS: readonly WaitSource[] = [
  { from: 'header', name: 'retry-after', format: 'seconds' },
  { from: 'header', name: 'retry-after', format: 'http_date' },
];

/** How responses of an API tell their causes, beside the status codes of the RFCs. */
export const api = z.strictObject({
  /** In addition to 401 (RFC 6750 §3.1). */
  tokenRejected: z.array(responseRule).default([]),
  /** In addition to 429 (RFC 6585 §4). */
  rateLimited: z.array(responseRule).default([]),
  /** In addition to 403 (RFC 6750 §3.1). */
  forbidden: z.array(responseRule).default([]),
  /** In addition to a challenge with `insufficient_scope` (RFC 6750 §3.1). */
  missingScope: z.array(missingScopeRule).default([]),
  /** The first source that is present decides. */
  waits: z.array(wait).default([...DEFAULT_WAITS]),
});

/** A condition for a response of an API. */
export type ResponseRule = z.output<typeof responseRule>;
/** Where a response states how long to wait. */
export type WaitSource = z.output<typeof wait>;
