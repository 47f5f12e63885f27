import type { Principal } from '@latchkey/core/server';

/**
 * Returns only user, space, request id and address of a principal. Routes pass their request as the
 * principal, and a request has cookies, headers and a body with secrets. Data that is stored,
 * logged or kept after the request must not contain more than this.
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
