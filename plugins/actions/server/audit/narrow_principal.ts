import type { Principal } from '@latchkey/core/server';

/**
 * Who and where, without the rest: routes pass their request as the principal, and a request carries cookies, headers and a body with
 * secrets. Nothing that outlives the request or is written anywhere gets more than this.
 */
export function narrowPrincipal(principal: Principal): Principal {
  const { user, spaceId, requestId, remoteAddress } = principal;
  return {
    user,
    spaceId,
    ...(requestId === undefined ? {} : { requestId }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}
