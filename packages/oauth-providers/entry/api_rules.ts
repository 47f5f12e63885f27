import { z } from 'zod';
import { apiHeader, path, seconds, text } from './entry_fields.ts';

/** A condition for a response of the API. All parts must match. */
export const responseRule = z.strictObject({
  /** Range of HTTP statuses, both ends inclusive. */
  status: z.tuple([z.int(), z.int()]),
  header: z
    .strictObject({
      name: z.string().regex(/^[a-z-]+$/),
      /** Text of the header. Absent: any text matches. */
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
          /** A text that contains this one. Upper and lower case are the same. */
          z.strictObject({ path, contains: z.string().min(1).toLowerCase() }),
        ],
        { error: 'needs a path, and equals (a list of values) or contains (a text)' },
      ),
    )
    .default([]),
});

/** Source in a response for the scopes of which one suffices. */
const neededScopes = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('header'), name: z.string().regex(/^[a-z-]+$/) }),
  z.strictObject({
    from: z.literal('body'),
    path,
    /**
     * Texts before and after the scopes in a sentence. Absent: the value consists of scopes only.
     */
    between: z.tuple([z.string().min(1), z.string().min(1)]).optional(),
  }),
]);

/** A response that says that the token lacks a scope. */
export const missingScopeRule = responseRule.extend({
  /** Source of the scopes. Absent: the response does not name them. */
  needed: neededScopes.optional(),
  /**
   * Header with the scopes that the token has, for a provider that names needed and granted scopes
   * in every response.
   */
  grantedHeader: z
    .string()
    .regex(/^[a-z-]+$/)
    .optional(),
  /**
   * `true`: the response also has other causes. It counts only if the user did not grant a scope
   * that the request needs.
   */
  hasOtherCauses: z.boolean().optional(),
});

/** Source of the time to wait in a response. */
const wait = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('header'),
    name: z.string().regex(/^[a-z-]+$/),
    format: z.enum(['seconds', 'http_date', 'iso_time', 'epoch_seconds', 'epoch_ms']),
    /** The source is read only if the response has this header. */
    onlyIf: z.strictObject({ name: z.string().regex(/^[a-z-]+$/), equals: z.string() }).optional(),
  }),
  z.strictObject({ from: z.literal('body'), path, format: z.literal('seconds') }),
  z.strictObject({
    from: z.literal('fixed'),
    seconds,
    /**
     * The source is read only if the HTTP status is in this range, both ends inclusive. Absent: for
     * every status.
     */
    status: z.tuple([z.int(), z.int()]).optional(),
  }),
]);

/** `Retry-After` in the two formats of RFC 9110 §10.2.3. */
export const DEFAULT_WAITS: readonly WaitSource[] = [
  { from: 'header', name: 'retry-after', format: 'seconds' },
  { from: 'header', name: 'retry-after', format: 'http_date' },
];

/** Printable ASCII (RFC 9110 §5.5). A line break would end the header. */
const headerValue = text.regex(/^[\x20-\x7e]+$/, 'must contain printable ASCII characters only');

/**
 * Headers of the requests of an API, and signs by which its responses tell the cause of a failure,
 * in addition to the status codes of the RFCs.
 */
export const api = z.strictObject({
  /**
   * Headers of every request of the API, by lower-case name. A value may contain `{grant.name}`.
   */
  headers: z.record(apiHeader, headerValue).default({}),
  /** Responses, in addition to 401 (RFC 6750 §3.1), that say that the access token is invalid. */
  tokenRejected: z.array(responseRule).default([]),
  /** Responses, in addition to 429 (RFC 6585 §4), that say that a rate limit is reached. */
  rateLimited: z.array(responseRule).default([]),
  /** Responses, in addition to 403 (RFC 6750 §3.1), that say that the request is not permitted. */
  forbidden: z.array(responseRule).default([]),
  /**
   * Responses that say that a scope is missing, in addition to a challenge with
   * `insufficient_scope` (RFC 6750 §3.1).
   */
  missingScope: z.array(missingScopeRule).default([]),
  /** Sources of the time to wait. The first source that is present decides. */
  waits: z.array(wait).default([...DEFAULT_WAITS]),
});

/** A condition for a response of an API. */
export type ResponseRule = z.output<typeof responseRule>;
/** Source of the time to wait in a response. */
export type WaitSource = z.output<typeof wait>;
