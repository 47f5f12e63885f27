import { z } from 'zod';
import type { RequestHold } from './hold.ts';

const when = z.enum(['before_acting', 'after_acting']).default('before_acting');
const delayMs = z.number().int().min(1).max(600_000);

/**
 * What goes wrong with one request. `after_acting` lets the stand-in do its work (rotate a token, store a grant) before the answer
 * is lost or late: the case in which the caller cannot know what happened.
 */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), delayMs, when }),
  /** Never answers; the connection stays open until the caller gives up or the stand-in stops. */
  z.strictObject({ kind: z.literal('hang'), when }),
  /** Cuts the connection without an answer. */
  z.strictObject({ kind: z.literal('drop'), when }),
  /** Answers this status instead of acting. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    retryAfterSeconds: z.number().int().min(0).max(86_400).optional(),
  }),
  /** Answers an OAuth error (RFC 6749 §5.2) instead of acting. */
  z.strictObject({
    kind: z.literal('oauth_error'),
    error: z.string().min(1).max(100),
    status: z.number().int().min(400).max(599).default(400),
  }),
  /** Acts, then answers 200 with half a JSON document. */
  z.strictObject({ kind: z.literal('malformed') }),
]);

const requests = {
  endpoint: z.string().min(1).max(50),
  /** Only requests with this `grant_type`; without it every request of the endpoint counts. */
  grantType: z.string().min(1).max(100).optional(),
};

/** A fault and the requests it is for. */
export const faultPlanSchema = z.strictObject({
  ...requests,
  /** How many requests fail. */
  times: z.number().int().min(1).max(100_000).default(1),
  fault: faultSchema,
});

/** Which request is kept back until the test lets it go, and at which point. No part of a fault plan, as it ends by a call and not by its own rules. */
export const holdPlanSchema = z.strictObject({ ...requests, when });

interface HoldFault {
  readonly kind: 'hold';
  readonly when: z.infer<typeof when>;
  readonly hold: RequestHold;
}

/** A fault with its defaults filled in. */
export type Fault = z.infer<typeof faultSchema> | HoldFault;
/** A plan as a test writes it: `times` is 1 and `when` is `before_acting` unless said otherwise. */
export type FaultPlan = z.input<typeof faultPlanSchema>;
/** As a test writes it: `when` is `before_acting` unless said otherwise. */
export type HoldPlan = z.input<typeof holdPlanSchema>;
