import { z } from 'zod';
import type { RequestHold } from './hold.ts';

const when = z.enum(['before_acting', 'after_acting']).default('before_acting');
const delayMs = z.number().int().min(1).max(600_000);

/**
 * Schema of the fault of one request. With `after_acting` the provider does its work (rotates a
 * token, stores a grant) before the response is lost or delayed, so the caller cannot know whether
 * the request succeeded.
 */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), delayMs, when }),
  /**
   * No response is sent. The connection stays open until the caller gives up or the provider stops.
   */
  z.strictObject({ kind: z.literal('hang'), when }),
  /** The connection is closed without a response. */
  z.strictObject({ kind: z.literal('drop'), when }),
  /**
   * A response with this status is sent. With `after_acting`, this is like a gateway that loses the
   * provider's response.
   */
  z.strictObject({
    kind: z.literal('status'),
    when,
    status: z.number().int().min(200).max(599),
    body: z.record(z.string(), z.unknown()).default({ error: 'injected_failure' }),
    retryAfterSeconds: z.number().int().min(0).max(86_400).optional(),
  }),
  /** An OAuth error (RFC 6749 §5.2) is sent, and the provider does not act. */
  z.strictObject({
    kind: z.literal('oauth_error'),
    error: z.string().min(1).max(100),
    status: z.number().int().min(400).max(599).default(400),
  }),
  /** The provider acts; the response has status 200 and half a JSON document. */
  z.strictObject({ kind: z.literal('malformed') }),
]);

const requests = {
  endpoint: z.string().min(1).max(50),
  /** Grant type of the affected requests. `undefined`: every request of the endpoint. */
  grantType: z.string().min(1).max(100).optional(),
};

/** Schema of a fault and the requests that it applies to. */
export const faultPlanSchema = z.strictObject({
  ...requests,
  /** Number of requests to which the fault is applied. */
  times: z.number().int().min(1).max(100_000).default(1),
  fault: faultSchema,
});

/**
 * Schema of a hold: the request that is held until the test releases it, and whether it is held
 * before or after the server acts. Holds are not part of fault plans, because a method call of the
 * test ends them.
 */
export const holdPlanSchema = z.strictObject({
  ...requests,
  when,
  /** Maximum milliseconds of the hold. Default: 28 s, less than our server waits for a token. */
  maxMs: z.number().int().min(1).max(600_000).optional(),
});

interface HoldFault {
  readonly kind: 'hold';
  readonly when: z.infer<typeof when>;
  readonly hold: RequestHold;
}

interface RunFault {
  readonly kind: 'run';
  /** Called with the body of the request before the provider acts. */
  readonly run: (body: Buffer) => void;
}

/** A fault with its defaults. */
export type Fault = z.infer<typeof faultSchema> | HoldFault | RunFault;
/** A plan as a test writes it. Defaults: `times` 1, `when` `before_acting`. */
export type FaultPlan = z.input<typeof faultPlanSchema>;
/** A plan as a test writes it. Default: `when` `before_acting`. */
export type HoldPlan = z.input<typeof holdPlanSchema>;
