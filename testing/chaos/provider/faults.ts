import type { FaultPlan } from '@latchkey/dev-providers/fake-server';

/** Faults of the provider. `before`: it does not act on the request; `after`: it has acted. */
export type ProviderFault =
  | { readonly kind: 'delay'; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'status'; readonly when: 'before'; readonly status: 500 | 503 }
  | { readonly kind: 'status'; readonly when: 'after'; readonly status: 502 | 504 }
  | { readonly kind: 'throttle'; readonly retryAfterSeconds: number }
  | { readonly kind: 'invalid_client' }
  | { readonly kind: 'invalid_grant' };

/** Endpoint to which a fault applies. */
export type FaultTarget = 'token' | 'revoke';

/**
 * Returns the plan of a fault for the shared test server. `invalid_grant` has none, because the
 * provider itself sends it.
 */
export function planOf(
  fault: Exclude<ProviderFault, { readonly kind: 'invalid_grant' }>,
): FaultPlan['fault'] {
  switch (fault.kind) {
    case 'throttle':
      return {
        kind: 'status',
        status: 429,
        retryAfterSeconds: fault.retryAfterSeconds,
        body: { error: 'slow_down' },
      };
    case 'invalid_client':
      return { kind: 'status', status: 401, body: { error: 'invalid_client' } };
    case 'status':
      return { kind: 'status', when: `${fault.when}_acting`, status: fault.status, body: {} };
    case 'delay':
      return { kind: 'delay', when: `${fault.when}_acting`, delayMs: Math.round(fault.ms) };
    default:
      return { kind: fault.kind, when: `${fault.when}_acting` };
  }
}
