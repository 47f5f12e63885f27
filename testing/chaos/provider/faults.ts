/** Faults of the provider. `before`: it has not acted on the request; `after`: it has. */
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
