import type { Principal } from '@latchkey/core/server';

/**
 * Who and where, without the rest: routes pass their request as the principal, and a request carries cookies, headers and a body with
 * secrets. Nothing that outlives the request or is written anywhere gets more than this.
 */
export function narrowPrincipal({ user, spaceId, requestId }: Principal): Principal {
  return { user, spaceId, ...(requestId === undefined ? {} : { requestId }) };
}
