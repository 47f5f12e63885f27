import type { Principal } from '@latchkey/core/server';

/**
 * Copies only user, space, request id and address of a principal. Routes pass their request as the
 * principal, and a request contains cookies, headers and a body with secrets. Stored or logged
 * data, and objects that outlive the request, must not contain more than this copy.
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
