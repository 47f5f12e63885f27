import { fillPath } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { finishAuthorization } from '../../../common/index.ts';

/**
 * Returns the redirect URI of authorizations (RFC 6749 §3.1.2), which administrators register at
 * the provider.
 * @param providerKey `undefined`: the callback that all providers share
 * @throws Error when `server.publicBaseUrl` is not set
 */
export function redirectUriOf(
  urls: Pick<UrlBuilder, 'publicUrl'>,
  providerKey: string | undefined,
): string {
  return urls.publicUrl(fillPath(finishAuthorization.path, { providerKey }));
}
